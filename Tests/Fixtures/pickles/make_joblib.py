"""Writes the joblib files of this folder, and the crafted ones: pip install scikit-learn pandas; python3 make_joblib.py

Whatever runs when a crafted file is loaded is harmless: it calls os.system("true").
"""
import bz2, gzip, io, lzma, os, pickle, struct, tarfile, zipfile
import joblib, numpy as np, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


class Call:
    def __reduce__(self):
        return os.system, ("true",)


def text(word, code=b"\x8c"):
    return code + {b"\x8c": bytes([len(word)]), b"X": struct.pack("<I", len(word)), b"\x8d": struct.pack("<Q", len(word))}[code] + word.encode()


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


# Honest ones: column names make an array of objects, a forest has arrays of structures.
random = np.random.default_rng(7)
table = pd.DataFrame(random.normal(size=(40, 3)), columns=["age", "income", "debt"])
label = (table["age"] > 0).astype(int)
numbers = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
pipeline = Pipeline([("pre", ColumnTransformer([("num", numbers, list(table))])), ("model", LogisticRegression())])
joblib.dump(pipeline.fit(table, label), "pipeline.joblib")
joblib.dump(pipeline, "pipeline-gzip.joblib", compress=("gzip", 9))
joblib.dump(RandomForestClassifier(2, max_depth=2, random_state=0).fit(table, label), "forest.joblib", compress=9)
arrays = [np.arange(6.0).reshape(2, 3).T, np.array(["a", "bc"]), np.array([b"x"]), np.arange(3, dtype=">i2"),
          np.array(["2026-01-01"], dtype="M8[D]"), np.array([1, "one"], dtype=object), np.zeros((0, 4)), np.array(2.5)]
joblib.dump(arrays, "arrays.joblib")
joblib.dump(arrays[:2], "arrays-protocol2.joblib", protocol=2)


# What estimators hold besides themselves: losses, trees of neighbours, kernels, scorers, random states, sparse matrices.
from scipy import stats
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import SplineTransformer
from sklearn.svm import SVC
values = table.to_numpy()
search = {"estimator": GaussianNB(), "scoring": "roc_auc", "cv": StratifiedKFold(2)}
estimators = {
    "boosting": GradientBoostingClassifier(n_estimators=1, max_depth=1), "histogram": HistGradientBoostingClassifier(max_iter=1, max_bins=4),
    "neighbours": KNeighborsClassifier(algorithm="kd_tree"), "kernel": SVC(), "process": GaussianProcessClassifier(),
    "network": MLPClassifier((2,), max_iter=2, random_state=0), "descent": SGDClassifier(random_state=0), "spline": make_pipeline(SplineTransformer(2), Ridge()),
    "calibrated": CalibratedClassifierCV(GaussianNB(), cv=2), "target": TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
    "grid": GridSearchCV(param_grid={"var_smoothing": [1e-9, 1e-8]}, **search),
}
for name, estimator in estimators.items():
    classes = np.arange(40) % 3 if name == "histogram" else label
    joblib.dump(estimator.fit(values, classes), f"honest-{name}.joblib", compress=9)
joblib.dump(make_pipeline(TfidfVectorizer(), GaussianNB()).steps[0][1].fit(["a few", "words"]), "honest-words.joblib", compress=9)
# Not known to be harmless: the state of a distribution holds a text that is run.
joblib.dump(RandomizedSearchCV(param_distributions={"var_smoothing": stats.uniform(1e-9, 1e-8)}, **search), "distribution.joblib", compress=9)

# Packed, and without a name that tells.
for kind in ("gzip", "bz2", "lzma", "xz"):
    joblib.dump(Call(), f"suspicious-{kind}.model", compress=(kind, 9))
write("suspicious-protocol0.model", pickle.dumps(Call(), 0))
write("suspicious-second-member.model", gzip.compress(b"", mtime=0) + gzip.compress(pickle.dumps(Call(), 0), mtime=0))


def wrapper(dtype, flags, extra=b"", build=b"b", before=b""):
    state = b"}(" + text("subclass") + text("numpy") + text("ndarray") + b"\x93" + text("shape") + b"K\x01\x85" + text("order") + text("C")
    state += text("dtype") + text("numpy") + text("dtype") + b"\x93" + text(dtype) + b"\x89\x88\x87R"
    state += b"(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + bytes([flags]) + b"tb"
    state += text("allow_mmap") + b"\x89" + text("numpy_array_alignment_bytes") + b"K\x10" + extra + b"u"
    return b"\x80\x04" + before + text("joblib.numpy_pickle") + text("NumpyArrayWrapper") + b"\x93)\x81" + state + build


def padded(start, data=b"\xff" * 8):
    padding = 16 - (len(start) + 1) % 16
    return start + bytes([padding]) + b"\xff" * padding + data


call = text("true") + b"\x85R."
# The outer memo says 'numpy' and 'dtype' where the memo of the pickle inside says otherwise.
outer = text("numpy") + b"\x940" + text("dtype") + b"\x940"
inner = b"\x80\x04" + text("posix") + b"\x940" + text("system") + b"\x940h\x00h\x01\x93" + call
write("suspicious-inner-memo.joblib", wrapper("O8", 63, before=outer) + inner + b".")
# After an array, texts that are written in ways that a search for short ones misses.
for name, code in (("binunicode", b"X"), ("binunicode8", b"\x8d")):
    write(f"suspicious-{name}.joblib", padded(wrapper("f8", 0)) + b"0" + text("posix", code) + text("system", code) + b"\x93" + call)
write("suspicious-unicode.joblib", padded(wrapper("f8", 0)) + b"0Vposix\nVsystem\n\x93" + call)
write("suspicious-memo.joblib", padded(wrapper("f8", 0)) + b"0Vposix\np7\n0Vsystem\nr\xff\xff\x00\x000g7\nj\xff\xff\x00\x00\x93" + call)
write("suspicious-inst.joblib", padded(wrapper("f8", 0)) + b"0(" + text("true") + b"iposix\nsystem\n.")
# What joblib skips as the bytes of an array, pickle runs.
write("suspicious-in-array.pkl", wrapper("S99", 0).replace(b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00", b"KcK\x01K\x00")
      .replace(text("numpy_array_alignment_bytes") + b"K\x10", b"") + (b"cposix\nsystem\n(V" + b"true\ntR0").ljust(99, b"N") + b".")
# A member of the wrapper's state replaces the method that would read the array, so that nothing is skipped.
hidden = b"0" + text("posix") + text("system") + b"\x93" + call
write("suspicious-read-replaced.joblib", wrapper("V99", 0, extra=text("read") + text("builtins") + text("slice") + b"\x93")
      .replace(b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00", b"KcK\x01K\x00") + hidden.ljust(116, b"N") + b"N.")
# joblib reads the array from behind the frame, and goes on in the frame afterwards.
start = wrapper("f8", 0)[2:]
framed = start + hidden[:-1]
write("suspicious-frame.joblib", b"\x80\x04\x95" + struct.pack("<Q", len(framed)) + framed + b"\x01\xff" + b"\xff" * 8 + b".")

# Other containers.
def archive(name, entries):
    with zipfile.ZipFile(name, "w") as file:
        for entry, data in entries:
            file.writestr(zipfile.ZipInfo(entry), data)


def nested(entry, data):
    buffer = io.BytesIO()
    archive(buffer, [(entry, data)])
    return buffer.getvalue()


archive("suspicious-entry.pt", [("archive/code.bin", pickle.dumps(Call(), 2))])
archive("suspicious-nested.zip", [("policy.pth", nested("archive/data.pkl", pickle.dumps(Call(), 2)))])
# TorchScript: what the pickle names is code of the archive itself; without that code, it is not.
script = [("net/data.pkl", b"\x80\x02c__torch__.layers\nNet\n)\x81}b."), ("net/constants.pkl", b"\x80\x02).")]
archive("script.pt", script + [("net/code/__torch__/layers.py", b"class Net(Module):\n  pass\n")])
archive("suspicious-script.pt", script[:1])
array = io.BytesIO()
np.save(array, np.array([Call()], dtype=object), allow_pickle=True)
write("suspicious-quotes.npy", array.getvalue().replace(b"'|O'", b'"|O"'))
archive("suspicious-entry.npz", [("weights", array.getvalue())])
# A directory that Python finds by counting back from the end, and one that stands where the end says.
data = pickle.dumps(Call(), 2)
calm = b"\x80\x02X" + struct.pack("<I", len(data) - 8) + b"x" * (len(data) - 8) + b"."
honest, evil = nested("a/data.pkl", calm), nested("a/data.pkl", data)
end = honest[-22:]
write("suspicious-two-directories.pt", honest[:-22] + evil[:-22] + evil[-22:-6] + end[-6:-2] + b"\0\0")
tar = io.BytesIO()
with tarfile.open(fileobj=tar, mode="w") as file:
    entry = tarfile.TarInfo("pickle")
    entry.size = len(data)
    file.addfile(entry, io.BytesIO(data))
write("suspicious-tar.model", gzip.compress(tar.getvalue(), mtime=0))
