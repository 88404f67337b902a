"""Writes files of this folder that only name what is harmless, and are not: pip install scikit-learn; python3 make_chains.py

None of them runs anything: each stops after the step that a chain would go on from.
"""
import collections, datetime, io, json, pickle, struct, zipfile, zlib
import numpy as np


def write(name, data):
    with open(name, "wb") as file:
        file.write(data)


class Name:
    def __init__(self, module, name):
        self.text = f"c{module}\n{name}\n".encode()


class Call:
    def __init__(self, function, *arguments, state=None, new=False):
        self.function, self.arguments, self.state, self.code = function, arguments, state, b"\x81" if new else b"R"


def dump(value):
    """The opcodes that make `value`, in protocol 2."""
    match value:
        case Name(): return value.text
        case Call():
            data = dump(value.function) + dump(value.arguments) + value.code
            return data if value.state is None else data + dump(value.state) + b"b"
        case bool(): return b"\x88" if value else b"\x89"
        case int(): return b"J" + struct.pack("<i", value)
        case str(): return b"X" + struct.pack("<I", len(value)) + value.encode()
        case bytes(): return b"C" + bytes([len(value)]) + value
        case None: return b"N"
        case tuple(): return b"(" + b"".join(map(dump, value)) + b"t"
        case list(): return b"](" + b"".join(map(dump, value)) + b"e"
        case dict(): return b"}(" + b"".join(dump(key) + dump(item) for key, item in value.items()) + b"u"


def chain(name, *values):
    write(f"chain-{name}.pkl", b"\x80\x04" + b"0".join(dump(value) for value in values) + b".")


ndarray, dtype, absolute = Name("numpy", "ndarray"), Name("numpy", "dtype"), Name("numpy", "absolute")
ordered, pipeline = Name("collections", "OrderedDict"), Name("sklearn.pipeline", "Pipeline")
reconstruct, frombuffer = Name("numpy.core.multiarray", "_reconstruct"), Name("numpy.core.numeric", "_frombuffer")
objects = Call(dtype, "O8", False, True)
fields = lambda offset: (3, "|", None, ("x",), {"x": (Call(dtype, "u8", False, True), offset)}, 8, 1, 0)
chain("array-called", Call(ndarray, (2,), "O"))
chain("array-made", Call(ndarray, (2,), "O", new=True))
chain("array-not-empty", Call(reconstruct, ndarray, (9,), b"u8"))
chain("array-set-twice", Call(reconstruct, ndarray, (0,), b"b", state=(1, (1,), Call(dtype, "i1", False, True), False, b"a")))
write("chain-array-set-twice.pkl", open("chain-array-set-twice.pkl", "rb").read()[:-1] + dump((1, (1,), Call(dtype, "i1", False, True), False, b"b")) + b"b.")
chain("interface", Call(ordered, state={"__array_interface__": {"data": (1, True), "shape": (1,), "typestr": "<u8"}}))
chain("interface-slots", Call(pipeline, new=True, state=(None, {"__array_struct__": 1})))
chain("interface-unknown", Call(ordered, state=Call(Name("collections", "Counter"), {"a": 1})))
chain("ufunc", Call(absolute, 1))
chain("int", Call(Name("builtins", "int"), "1"))
chain("generator", Call(Name("numpy.random._pickle", "__generator_ctor"), "x", Name("builtins", "list")))
chain("generator-class", Call(Name("numpy.random._pickle", "__bit_generator_ctor"), pipeline))
chain("reconstructor", Call(Name("copyreg", "_reconstructor"), "x", Name("builtins", "object"), None))
chain("kept", Call(Name("sklearn.preprocessing._function_transformer", "FunctionTransformer"), new=True, state={"func": ndarray}))
chain("append", Call(pipeline, new=True, state={"append": Name("numpy", "mean")}))
write("chain-append.pkl", open("chain-append.pkl", "rb").read()[:-1] + b"K\x01a.")
# An element that NumPy takes for an object though its bytes are numbers of the file.
chain("dtype-flags", Call(dtype, "O8", False, True, state=(3, "|", None, None, None, -1, -1, 1)))
chain("dtype-far", Call(dtype, "V8", False, True, state=fields(4096)))
late = dump(Call(dtype, "V8", False, True)) + b"q\x01"
write("chain-dtype-late.pkl", b"\x80\x04" + late + dump(frombuffer) + b"(" + dump(b"12345678") + b"h\x01" + dump((1,)) + dump("C") + b"tR0h\x01" + dump(fields(0)) + b"b.")
state = dump(fields(0)).replace(b"}(", b"}q\x02(")
write("chain-dtype-fields.pkl", b"\x80\x04" + dump(Call(dtype, "V8", False, True)) + state + b"b0h\x02" + dump("x") + dump((objects, 0)) + b"s.")
# Protocol 0, spelled as only Python takes it.
write("spelled-memo.sav", b"Np 0\n0cos\nsystem\n(S'true'\ntR.")
write("unfollowed.sav", b"N\xff0cos\nsystem\n(S'true'\ntR.")


# Honest values of every kind that is called.
array = np.arange(3.0)
nested = np.zeros(2, [("a", "f4", (2, 3)), ("b", "U3"), ("c", "O")])
values = [bytearray(b"q"), b"ab\xff", b"", 1j, {1, 2}, frozenset([1]), slice(1, None), collections.OrderedDict(a=1), collections.Counter("aab"),
          collections.defaultdict(list, {1: [2]}), collections.deque([1, 2], 5), datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1), datetime.timedelta(1),
          np.random.RandomState(3), np.random.default_rng(3), np.random.SeedSequence(3), np.float64(3), np.datetime64("2020-01-01"), np.str_("a"),
          np.array(["a", None], object), np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")]), nested, np.zeros((0,), "S"), array, np.asfortranarray(np.ones((3, 2))), np.float64, np.log1p]
for protocol in (2, 4, 5):
    write(f"honest-values-protocol{protocol}.pkl", pickle.dumps(values, protocol))


# ZIP archives that readers take for different ones.
def archive(entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in entries:
            file.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


evil = b"cposix\nsystem\n(V" + b"true\ntR."
two = bytearray(archive([("a/version", b"3"), ("a/data.pkl", evil)]))
two[-14:-10] = struct.pack("<HH", 1, 1)
write("hidden-entry.pt", two)
layer = lambda name, module="keras.layers", config={}: json.dumps({"module": module, "class_name": name, "config": config, "registered_name": None}).encode()
write("twice.keras", archive([("config.json", layer("Dense")), ("config.json", layer("Lambda"))]))
write("exec.keras", archive([("config.json", layer("Sequential", "keras", {"layers": [json.loads(layer("function", "builtins", "exec"))]}))]))
write("unsafe.keras", archive([("config.json", layer("function", "keras.config", "enable_unsafe_deserialization"))]))
write("download.keras", archive([("config.json", layer("get_file", "keras.utils"))]))
write("torch.keras", archive([("config.json", layer("TorchModuleWrapper"))]))
write("two-values.keras", archive([("config.json", b'{"class_name": "Dense", "config": {}, "class_name": "Lambda"}')]))
write("behind-bytes.keras", b"# nothing\n" + archive([("config.json", layer("Lambda"))]))
write("functions.keras", archive([("config.json", layer("Sequential", "keras", {"layers": [json.loads(layer("Dense", config={"activation": json.loads(layer("function", "builtins", "relu"))}))]}))]))
np.savez_compressed("packed.npz", a=np.zeros(100), b=np.zeros(100))
# One deflated stream under several names.
packer = zlib.compressobj(9, zlib.DEFLATED, -15)
stream = packer.compress(bytes(1 << 20)) + packer.flush()
local, directory = b"", b""
for index in range(3):
    name = b"a/data/%d" % index
    fixed = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(bytes(1 << 20)), len(stream), 1 << 20, len(name), 0)
    if index == 0:
        local = b"PK\3\4" + fixed + name + stream
    directory += b"PK\1\2" + struct.pack("<H", 20) + fixed + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
write("overlap.pt", local + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 3, 3, len(directory), len(local), 0))
