"""Makes the training logs of this folder: one training, written as TensorBoard files and as XGBoost's own record.

    pip install tensorboardX==2.6.5 tensorflow-cpu==2.20.0 xgboost==3.2.0
    python make_logs.py
"""

import csv
import json
import os
import pathlib

import numpy
import tensorflow
import xgboost
from tensorboardX import SummaryWriter

here = pathlib.Path(__file__).parent
data = here.parent / "tumor" / "data"


def table(name):
    rows = list(csv.DictReader(open(data / name)))
    features = [key for key in rows[0] if key.startswith(("mean_", "worst_"))]
    return xgboost.DMatrix(
        numpy.array([[float(row[key]) for key in features] for row in rows]), [int(row["malignant"]) for row in rows])


def keep(folder, name):
    """A writer names its file after clock and host; here it gets a name that stays."""
    made = next(path for path in folder.iterdir())
    os.replace(made, here / name)
    folder.rmdir()


train, held, record = table("train.csv"), table("eval.csv"), {}
xgboost.train(
    {"objective": "binary:logistic", "seed": 1, "nthread": 1}, train, 20, evals=[(train, "train"), (held, "validation")],
    evals_result=record, verbose_eval=False)
(here / "xgboost.json").write_text(json.dumps(record, indent=1) + "\n")
losses = list(zip(record["train"]["logloss"], record["validation"]["logloss"]))

# As PyTorch, Lightning and most others write: a number as simple_value. Histograms and texts lie between them.
folder = here / "made"
writer = SummaryWriter(str(folder))
for step, (loss, held_loss) in enumerate(losses):
    writer.add_scalar("loss/train", loss, step)
    writer.add_scalar("loss/validation", held_loss, step)
    writer.add_histogram("weights", numpy.arange(8) + step, step)
writer.add_text("note", "made for a test")
writer.close()
keep(folder, "events.out.tfevents.tensorboardX")

# As TensorFlow 2 and Keras write: a number as a tensor without dimensions.
with tensorflow.summary.create_file_writer(str(folder)).as_default():
    for step, (loss, held_loss) in enumerate(losses):
        tensorflow.summary.scalar("epoch_loss", loss, step)
        tensorflow.summary.scalar("epoch_val_loss", float("nan") if step == 12 else held_loss, step)
        tensorflow.summary.histogram("weights", numpy.arange(8) + step, step)
keep(folder, "events.out.tfevents.tensorflow")
