"""Writes the graphs of this folder, none of which is ever run: pip install tensorflow-cpu onnx; python3 make_graphs.py"""
import pathlib
import tempfile
import zipfile
import tensorflow as tf
from onnx import TensorProto, helper

HERE = pathlib.Path(__file__).parent


class Plain(tf.Module):
    def __init__(self):
        self.weights = tf.Variable([[0.5], [-1.25]])

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def __call__(self, x):
        return tf.sigmoid(x @ self.weights)


class Reaching(Plain):
    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
    def __call__(self, x):
        secret = tf.io.read_file("/etc/hostname")
        with tf.control_dependencies([tf.io.write_file("stolen", secret)]):
            return tf.sigmoid(x @ self.weights)


for name, model in (("plain", Plain()), ("reaching", Reaching())):  # The last one is packed, too.
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(model, folder)
        graph = (pathlib.Path(folder) / "saved_model.pb").read_bytes()
    (HERE / f"{name}.saved_model.pb").write_bytes(graph)
with zipfile.ZipFile(HERE / "reaching.saved_model.zip", "w") as archive:
    archive.writestr(zipfile.ZipInfo("model/saved_model.pb", (2026, 1, 1, 0, 0, 0)), graph, zipfile.ZIP_DEFLATED)

graph = tf.Graph()
with graph.as_default():
    tf.io.read_file(tf.compat.v1.placeholder(tf.string, name="path"), name="read")
(HERE / "reaching.graph.pb").write_bytes(graph.as_graph_def().SerializeToString())


def value(name):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])


def outside(location):
    tensor = TensorProto(name="weights", data_type=TensorProto.INT64, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="offset", value="0")
    return tensor


def write(name, nodes, initializers=(), functions=(), domains=()):
    body = helper.make_graph(nodes, "g", [value("x")], [value("y")], initializers)
    opsets = [helper.make_opsetid("", 21)] + [helper.make_opsetid(domain, 1) for domain in domains]
    model = helper.make_model(body, functions=functions, opset_imports=opsets)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


identity = helper.make_node("Identity", ["x"], ["y"])
strange = helper.make_node("Fetch", ["x"], ["y"], domain="com.example")
write("plain", [identity])
write("runtime-domain", [helper.make_node("Gelu", ["x"], ["y"], domain="com.microsoft")], domains=["com.microsoft"])
write("strange-domain", [strange], domains=["com.example"])
write("own-function", [strange], domains=["com.example"], functions=[
    helper.make_function("com.example", "Fetch", ["x"], ["y"], [identity], [helper.make_opsetid("", 21)])])
write("weights-beside", [identity], [outside("model.data")])
write("weights-above", [identity], [outside("../../secret.bin")])
write("weights-absolute", [identity], [outside("/etc/passwd")])
branch = helper.make_graph([helper.make_node("Constant", [], ["y"], value=outside("a/../../b"))], "b", [], [value("y")])
write("weights-nested", [helper.make_node("If", ["x"], ["y"], then_branch=branch, else_branch=branch)])
