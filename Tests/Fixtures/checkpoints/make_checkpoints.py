"""Writes step-1.safetensors to step-5.safetensors and norms.json beside this file. Needs NumPy, ml_dtypes and safetensors.

Five checkpoints of one small network whose layers are kept as float32, float16, bfloat16 and float64, and the norms that NumPy finds."""
import json
import pathlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
layers = {
    "dense_1/kernel": ((12, 10), np.float32), "dense_1/bias": ((10,), np.float32),
    "dense_2/kernel": ((10, 12), np.float16), "dense_3/kernel": ((12, 9), ml_dtypes.bfloat16),
    "out/kernel": ((9, 3), np.float64), "steps": ((1,), np.int64),
}
norms = []
for step in range(1, 6):
    tensors = {name: (random.normal(size=shape) / step).astype(kind) for name, (shape, kind) in layers.items()}
    tensors["dense_2/kernel"][0, :3] = [6e-8, -1e-5, 0]
    save_file(tensors, folder / f"step-{step}.safetensors")
    norms.append({
        name: float(np.linalg.norm(value.astype(np.float64))) for name, value in tensors.items() if name != "steps"})
(folder / "norms.json").write_text(json.dumps(norms, indent=1) + "\n")
