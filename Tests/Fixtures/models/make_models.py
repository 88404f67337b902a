"""Writes the model files of this folder: pip install keras jax scipy h5py gguf; KERAS_BACKEND=jax python3 make_models.py"""
import keras, numpy as np, gguf

plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense")])
hidden = keras.Sequential([keras.Input((3,)), keras.layers.Lambda(lambda x: x * 2, name="doubling", output_shape=(3,))])
for model, name in ((plain, "plain"), (hidden, "lambda")):
    for ending in (".keras", ".h5"):
        model.save(name + ending)

for name, value in (("tiny", 0.5), ("nan", np.nan)):
    writer = gguf.GGUFWriter(name + ".gguf", "llama")
    writer.add_block_count(1)
    writer.add_description("a file for tests")
    writer.add_array("tokenizer.ggml.tokens", ["a", "b"])
    weights = np.full((4, 8), 0.25, dtype=np.float32)
    weights[1, 2] = value
    writer.add_tensor("blk.0.weight", weights)
    writer.add_tensor("blk.0.half", weights.astype(np.float16)[2:])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
