"""Prints the names that the pickles of scikit-learn's estimators import, a line for each module, and what they call with what.

Every estimator of `sklearn.utils.all_estimators` is fitted on small data and pickled, alone and inside searches and pipelines;
the opcodes are walked with pickletools. A class or a reconstructor that only holds data goes into
`Sources/Checks/Safety/HarmlessNames.swift`, by hand, after a look; what could run a choice of the file is left out, see the end.
The calls are those of `Sources/Checks/Safety/PickleCalls.swift`.

    python make_pickle_names.py            # scikit-learn 1.9, NumPy 2.4, SciPy 1.17
"""

import importlib
import inspect
import io
import pickle
import pickletools
import warnings
from collections import defaultdict

import numpy as np
from sklearn import ensemble, gaussian_process, kernel_approximation, linear_model, metrics, model_selection, neighbors, svm
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.datasets import make_classification, make_regression
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.feature_extraction import DictVectorizer, FeatureHasher
from sklearn.gaussian_process import kernels
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import all_estimators
from scipy import sparse

warnings.filterwarnings("ignore")
who = defaultdict(set)


def names(data):
    """Module and name of every import, of a stream that CPython itself wrote."""
    texts, memo, last = [], {}, None
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "GLOBAL":
            yield tuple(argument.split(" ", 1))
        elif opcode.name == "STACK_GLOBAL":
            yield texts[-2], texts[-1]
        elif opcode.name == "MEMOIZE":
            memo[len(memo)] = last
        elif "PUT" in opcode.name:
            memo[argument] = last
        if "GET" in opcode.name and isinstance(memo.get(argument), str):
            texts.append(memo[argument])
        last = argument if isinstance(argument, str) else None if opcode.name not in ("MEMOIZE",) else last
        if isinstance(argument, str) and opcode.name not in ("GLOBAL",):
            texts.append(argument)


calls, imported = defaultdict(set), {}


class Watcher(pickle._Unpickler):
    """Notes what is called by REDUCE, and with what."""

    dispatch = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        found = super().find_class(module, name)
        imported[id(found)] = f"{module}.{name}", found
        return found

    def load_reduce(self):
        function, arguments = self.stack[-2:]
        calls[imported[id(function)][0]].add(", ".join(imported.get(id(value), (type(value).__name__,))[0] for value in arguments))
        super().load_reduce()

    dispatch[pickle.REDUCE[0]] = load_reduce


def note(label, model):
    for protocol in range(6):
        try:
            data = pickle.dumps(model, protocol)
        except Exception:
            continue
        for module, name in names(data):
            who[module, name].add(label)
        Watcher(io.BytesIO(data)).load()


X, y = make_classification(60, 6, random_state=0)
Xr, yr = make_regression(60, 6, random_state=0)
positive = np.abs(X) + 0.1
texts = ["aa bb cc", "dd ee ff", "aa aa dd", "cc ff"] * 5
base = linear_model.LogisticRegression(max_iter=50)

failed = []
for name, kind in all_estimators():
    tries = [{}, {"estimator": base}, {"estimators": [("a", base)]}, {"n_components": 2}, {"transformer_list": [("a", StandardScaler())]},
             {"transformers": [("a", StandardScaler(), [0, 1])]}, {"steps": [("a", StandardScaler()), ("b", base)]},
             {"estimator": base, "param_grid": {"C": [0.1, 1]}}, {"estimator": base, "param_distributions": {"C": [0.1, 1, 2, 3]}},
             {"estimator": linear_model.Ridge()}, {"estimators": [("a", linear_model.Ridge())]}, {"base_estimator": base},
             {"dictionary": np.eye(6)}, {"estimator": linear_model.LinearRegression()}]
    data = [(X, y), (positive, y), (Xr, yr), (np.abs(Xr), np.abs(yr)), (Xr, np.c_[yr, yr]), (y.astype(float), None), (yr, np.abs(yr)), (X, np.c_[y, y]),
            (texts, [0, 1, 0, 1] * 5), ([{"a": 1, "b": "x"}] * 4, None), ([[("a", 1)]] * 3, None), (y, None), ([[1, 2], [3]], None), ([["a", "b"]] * 3, None)]
    done = False
    for settings in tries:
        for points, labels in data:
            try:
                model = kind(**settings)
                model.fit(points, labels)
                note(name, model)
                note(name, kind(**settings))
                done = True
            except Exception:
                continue
        if done:
            break
    if not done:
        failed.append(name)

extra = {
    **{f"KNN {a}": neighbors.KNeighborsClassifier(algorithm=a) for a in ("kd_tree", "ball_tree", "brute")},
    **{f"KDE {a}": neighbors.KernelDensity(algorithm=a, metric=m) for a, m in (("kd_tree", "euclidean"), ("ball_tree", "haversine"))},
    **{f"KNN {m}": neighbors.NearestNeighbors(algorithm="ball_tree", metric=m, **k) for m, k in [
        ("manhattan", {}), ("chebyshev", {}), ("minkowski", {"p": 3}), ("hamming", {}), ("canberra", {}), ("braycurtis", {}), ("jaccard", {}), ("dice", {}),
        ("rogerstanimoto", {}), ("russellrao", {}), ("sokalsneath", {}), ("seuclidean", {"metric_params": {"V": np.ones(6)}}),
        ("mahalanobis", {"metric_params": {"V": np.eye(6)}})]},
    **{f"SGD {l}": linear_model.SGDClassifier(loss=l) for l in ("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron")},
    **{f"SGDR {l}": linear_model.SGDRegressor(loss=l) for l in ("squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive")},
    **{f"GBR {l}": ensemble.GradientBoostingRegressor(loss=l, n_estimators=2) for l in ("squared_error", "absolute_error", "huber", "quantile")},
    "GBC classes": ensemble.GradientBoostingClassifier(n_estimators=2), "HGBC classes": ensemble.HistGradientBoostingClassifier(max_iter=2),
    "GBC exponential": ensemble.GradientBoostingClassifier(loss="exponential", n_estimators=2),
    **{f"HGBR {l}": ensemble.HistGradientBoostingRegressor(loss=l, max_iter=2, **({"quantile": 0.5} if l == "quantile" else {}))
       for l in ("squared_error", "absolute_error", "gamma", "poisson", "quantile")},
    **{f"RF {c}": ensemble.RandomForestRegressor(3, criterion=c) for c in ("squared_error", "absolute_error", "friedman_mse", "poisson")},
    "RF oob": ensemble.RandomForestClassifier(3, criterion="entropy", random_state=np.random.RandomState(0)),
    **{f"GLM {p}": linear_model.TweedieRegressor(power=p) for p in (0, 1, 1.5, 2, 3)},
    **{f"GP {k}": gaussian_process.GaussianProcessRegressor(k, optimizer="fmin_l_bfgs_b") for k in [
        kernels.RBF() + kernels.WhiteKernel(), kernels.ConstantKernel() * kernels.Matern(), kernels.RationalQuadratic(), kernels.ExpSineSquared(),
        kernels.DotProduct() ** 2, kernels.PairwiseKernel(), kernels.CompoundKernel([kernels.RBF()]) if False else kernels.RBF()]},
    **{f"search {n}": model_selection.GridSearchCV(base, {"C": [0.1, 1]}, cv=c, scoring=s) for n, c, s in [
        ("kfold", model_selection.KFold(3), "roc_auc"), ("skfold", model_selection.StratifiedKFold(3), "neg_log_loss"),
        ("rkf", model_selection.RepeatedStratifiedKFold(n_splits=2, n_repeats=2), "f1"), ("shuffle", model_selection.ShuffleSplit(2), "accuracy"),
        ("sshuffle", model_selection.StratifiedShuffleSplit(2), metrics.make_scorer(metrics.f1_score)), ("time", model_selection.TimeSeriesSplit(3), ["f1", "recall"]),
        ("rk", model_selection.RepeatedKFold(n_splits=2, n_repeats=1), "average_precision"), ("loo", model_selection.LeavePOut(1), "accuracy"),
        ("pre", model_selection.PredefinedSplit([0, 1] * 30), "balanced_accuracy")]},
    "ct": ColumnTransformer([("a", OneHotEncoder(handle_unknown="ignore"), [0]), ("b", "passthrough", [1])], remainder=StandardScaler()),
    "union": make_pipeline(FeatureUnion([("a", StandardScaler())]), base),
}
for name, model in extra.items():
    regression = any(word in name for word in ("GBR", "SGDR", "GLM", "RF ", "GP "))
    classes = np.arange(60) % 3
    try:
        model.fit(np.abs(Xr) if regression else X, np.abs(yr) + 1 if regression and name != "RF oob" else classes if name.endswith("classes") else y)
        note(name, model)
    except Exception as error:
        failed.append(f"{name}: {error}")
        note(name, model)
try:
    import scipy.stats as stats
    for d in (stats.uniform(0.1, 1), stats.loguniform(0.1, 1), stats.norm(), stats.randint(1, 5)):
        search = model_selection.RandomizedSearchCV(base, {"C": d}, n_iter=1)
        note(f"RandomizedSearchCV {d.dist.name}", search)
    import pandas as pd
    frame = pd.DataFrame({"a": ["x", "y"] * 10, "b": np.arange(20.0)})
    note("pandas", make_pipeline(ColumnTransformer([("a", OneHotEncoder(), make_column_selector(dtype_include=object)), ("b", StandardScaler(), ["b"])]), base).fit(frame, [0, 1] * 10))
except ImportError:
    pass
for kind in (sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix, sparse.csr_array, sparse.csc_array, sparse.coo_array, sparse.dia_matrix, sparse.dia_array,
             sparse.lil_matrix, sparse.lil_array, sparse.bsr_matrix, sparse.bsr_array, sparse.dok_matrix, sparse.dok_array):
    note(kind.__name__, kind(np.eye(3)))
for generator in ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"):
    note(generator, np.random.Generator(getattr(np.random, generator)(0)))
note("numpy scalars", [np.array(1, t)[()] for t in "?bhilqBHILQefdgFDG"] + [np.array([1], "M8[s]"), np.array(["a"]), np.array([None]), np.ma.array([1], mask=[0])])

for scorer in metrics.get_scorer_names():
    note("scorer", metrics.get_scorer(scorer))

# Whole modules of small classes that estimators hold: losses, links, distances, kernels, splitters, optimizers.
for module in ["sklearn._loss.loss", "sklearn._loss.link", "sklearn._loss._loss", "sklearn.linear_model._sgd_fast", "sklearn.metrics._dist_metrics",
               "sklearn.gaussian_process.kernels", "sklearn.model_selection._split", "sklearn.neural_network._stochastic_optimizers",
               "sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree"]:
    for name, kind in vars(importlib.import_module(module)).items():
        if inspect.isclass(kind) and kind.__module__ == module and not name.startswith(("Base", "_Base", "BinaryTree", "NeighborsHeap", "NodeHeap")):
            who[module, name].add("module")
for name, kind in all_estimators():
    who[kind.__module__, name].add(name)
for function in vars(importlib.import_module("sklearn.feature_selection._univariate_selection")).values():
    if inspect.isfunction(function) and function.__name__ in ("f_classif", "f_regression", "chi2", "r_regression"):
        who[function.__module__, function.__name__].add("feature selection")

# Reviewed and left out: these import, call or run what the file chooses.
#   scipy.stats distributions     their __setstate__ runs exec on a text of the state
#   getattr, numpy.vectorize      reach or call anything
#   functools.partial, operator.* call anything
LEFT_OUT = ("scipy.stats", "builtins.getattr", "__builtin__.getattr", "numpy.vectorize", "functools", "operator", "pandas")

groups, unsafe = defaultdict(set), []
for (module, name), labels in who.items():
    full = f"{module}.{name}"
    if full.startswith(LEFT_OUT):
        unsafe.append(full)
    else:
        groups[module].add(name)
print("# not fitted:", failed)
print("# left out:", ", ".join(sorted(unsafe)))
for module, members in sorted(groups.items()):
    print(f"{module}: {' '.join(sorted(members))}")
for name, arguments in sorted(calls.items()):
    print(f"# calls {name}({') ('.join(sorted(arguments)[:3])})")
