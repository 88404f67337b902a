import Domain
import Testing

@testable import Checks

@Suite struct GraphFileTests {
    /// A version whose artifact is a file of `Tests/Fixtures/models`, under another name where one is given.
    private func specimen(_ file: String, as name: String? = nil, format: String? = nil) throws -> Specimen {
        try specimen(Fixture.bytes("models/\(file)"), as: name ?? file, format: format)
    }

    private func specimen(_ bytes: [UInt8], as name: String, format: String? = nil) throws -> Specimen {
        let declared: JSON = format.map { ["path": .string(name), "format": .string($0)] } ?? ["path": .string(name)]
        var specimen = try Specimen.version("v1").setting("artifact", to: declared)
        specimen.files[name] = bytes
        return specimen
    }

    // MARK: TensorFlow

    @Test func `a SavedModel that keeps to itself passes`() async throws {
        let outcome = try await specimen("plain.saved_model.pb", as: "saved_model.pb").run(SafePickle.self)
        #expect(outcome.verdict == .pass && outcome.measurements["graphs"]?.int == 1, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("and no operator reaches out of its graph"), "\(outcome.words)")
        let found = try #require(
            try GraphFile.scan(
                RandomAccessBytes(Fixture.bytes("models/plain.saved_model.pb")), name: "m/saved_model.pb"))
        #expect(found.operators.isEmpty && found.dangers.isEmpty && !found.isPickle)
    }

    @Test(arguments: [("reaching.saved_model.pb", "saved_model.pb"), ("reaching.saved_model.zip", "model.zip")])
    func `operators that read and write files fail, also packed`(file: String, name: String) async throws {
        let reaching = try specimen(file, as: name)
        let outcome = try await reaching.run(SafePickle.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("tensorflow.raw_ops.ReadFile, tensorflow.raw_ops.WriteFile"), "\(outcome.words)")
        let allowed: JSON = ["allow": ["tensorflow.raw_ops.ReadFile", "tensorflow.raw_ops.Write*"]]
        #expect(try await reaching.run(SafePickle.self, allowed).verdict == .pass)
        #expect(
            try await reaching.run(SafePickle.self, ["allow": ["tensorflow.raw_ops.ReadFile"]]).verdict == .fail)
        // A graph is no pickle.
        #expect(try await specimen("plain.onnx").run(SafePickle.self, ["forbid": true]).verdict == .pass)
    }

    @Test func `a bare graph is looked into, other files of that ending are let be`() async throws {
        #expect(try await specimen("reaching.graph.pb").run(SafePickle.self).verdict == .fail)
        let other = try await specimen(Array("anything at all".utf8), as: "names.pb").run(SafePickle.self)
        #expect(other.verdict == .pass && other.measurements["graphs"]?.int == 0, "\(other.words)")
    }

    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }

    private func node(_ operation: String, _ attribute: (name: String, text: String)? = nil) -> [UInt8] {
        let named = field(1, Array("x".utf8)) + field(2, Array(operation.utf8))
        let told = attribute.map {
            field(5, field(1, Array($0.name.utf8)) + field(2, field(2, Array($0.text.utf8))))
        }
        return field(1, named + (told ?? []))
    }

    /// Groups are what every reader of protobuf skips: fields 15 and, inside of it, 1 and a group 2.
    @Test(arguments: [[0x7B, 0x7C], [0x7B, 0x08, 0x01, 0x13, 0x14, 0x7C]] as [[UInt8]])
    func `groups before a graph hide no operator`(group: [UInt8]) async throws {
        let graph = group + (try Fixture.bytes("models/reaching.graph.pb"))
        #expect(try await specimen(graph, as: "reaching.graph.pb").run(SafePickle.self).verdict == .fail)
        let saved = group + (try Fixture.bytes("models/reaching.saved_model.pb"))
        #expect(try await specimen(saved, as: "saved_model.pb").run(SafePickle.self).verdict == .fail)
    }

    @Test func `groups end as they begin, and nest as deep as protobuf lets them`() throws {
        func isRead(_ bytes: [UInt8]) -> Bool {
            var message = ProtobufReader(RandomAccessBytes(bytes))
            return (try? message.next()) != nil
        }
        let end: [UInt8] = [0x08, 0x01]
        #expect(isRead([0x7B, 0x7C] + end))
        #expect(!isRead([0x7B] + end) && !isRead([0x7C] + end) && !isRead([0x7B, 0x74] + end))
        let deep = Array(repeating: 0x7B as UInt8, count: 100) + Array(repeating: 0x7C as UInt8, count: 100)
        #expect(isRead(deep + end) && !isRead([0x7B] + deep + [0x7C] + end))
    }

    /// Caffe2 keeps a network's name in the first field, ONNX' test data a tensor's dimensions.
    @Test(arguments: [Array("resnet50".utf8), Array("input_0".utf8), [1, 3, 224, 224], Array("a graph of words".utf8)])
    func `files of others that end in pb are none`(first: [UInt8]) async throws {
        let outcome = try await specimen(field(1, first) + field(2, [0x0F]), as: "net.pb").run(SafePickle.self)
        #expect(outcome.verdict == .pass && outcome.measurements["graphs"]?.int == 0, "\(outcome.words)")
    }

    @Test func `what begins as a graph and cannot be read to its end does not pass`() async throws {
        let cut = try await specimen(node("NoOp") + [0x0F], as: "graph.pb").run(SafePickle.self)
        #expect(cut.verdict == .inconclusive && cut.summary.contains("begins as a TensorFlow graph"), "\(cut.words)")
        #expect(try await specimen(node("NoOp"), as: "graph.pb").run(SafePickle.self).verdict == .pass)
        let bad = node("ReadFile") + [0x0F]
        #expect(try await specimen(bad, as: "graph.pb").run(SafePickle.self).verdict == .fail)
        let begun = field(7, [0xFF]), other = Array("not a model".utf8)
        #expect(GraphFile.begins(RandomAccessBytes(begun + [0x0F]), name: "m.onnx"))
        #expect(!GraphFile.begins(RandomAccessBytes(other), name: "m.onnx"))
        #expect(GraphFile.begins(RandomAccessBytes(field(2, []) + [0x0F]), name: "saved_model.pb"))
        #expect(!GraphFile.begins(RandomAccessBytes(begun), name: "m.dat"))
    }

    @Test(arguments: [
        "ImmutableConst", "RecordInput", "LoadAndRemapMatrix", "GenerateVocabRemapping", "Skipgram",
        "SnapshotChunkDataset", "DistributedSave",
    ]) func `operators that reach files by an attribute fail`(name: String) {
        let scan = TensorFlowScan(graph: RandomAccessBytes(node(name)))
        #expect(scan.operators == ["tensorflow.raw_ops.\(name)"] && scan.fault == nil)
    }

    @Test func `printing fails only where it goes to a file`() {
        func operators(_ attribute: (String, String)?) -> Set<String> {
            TensorFlowScan(graph: RandomAccessBytes(node("PrintV2", attribute))).operators
        }
        #expect(operators(nil).isEmpty && operators(("output_stream", "stderr")).isEmpty)
        #expect(operators(("end", "file://a")).isEmpty)
        #expect(operators(("output_stream", "file:///tmp/a")) == ["tensorflow.raw_ops.PrintV2"])
    }

    @Test func `what cannot be read does not pass`() async throws {
        let cut = Array(try Fixture.bytes("models/plain.saved_model.pb").dropLast(9))
        #expect(try await specimen(cut, as: "saved_model.pb").run(SafePickle.self).verdict == .fail)
        #expect(try await specimen([], as: "saved_model.pb").run(SafePickle.self).verdict == .fail)
        for name in ["saved_model.pbtxt", "saved_model.cpb"] {
            let outcome = try await specimen(Array("meta_graphs {}".utf8), as: name).run(SafePickle.self)
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains("save it again"), "\(outcome.words)")
        }
        let none = try await specimen(Array("hello".utf8), as: "model.dat", format: "savedmodel").run(SafePickle.self)
        #expect(
            none.verdict == .inconclusive && none.summary.contains("calls model.dat savedmodel, and no graph"),
            "\(none.words)")
    }

    @Test func `a Lambda in the configuration beside the graph fails`() async throws {
        func metadata(_ layer: String) -> [UInt8] {
            let text = #"{"name": "x", "class_name" : "\#(layer)", "config": {"name": "x"}}"#
            return [0x2A, UInt8(text.utf8.count)] + Array(text.utf8)
        }
        #expect(try await specimen(metadata("Lambda"), as: "keras_metadata.pb").run(SafePickle.self).verdict == .fail)
        #expect(try await specimen(metadata("Dense"), as: "keras_metadata.pb").run(SafePickle.self).verdict == .pass)
        let plain = try Fixture.bytes("models/plain.saved_model.pb")
        // An unknown field at the end, as old SavedModels have in their object graph.
        let field = metadata("Lambda")
        let mixed = plain + [0x7A, UInt8(field.count)] + field
        #expect(try await specimen(mixed, as: "saved_model.pb").run(SafePickle.self).verdict == .fail)
    }

    @Test func `an asset outside of the folder fails`() throws {
        func model(_ asset: String) -> [UInt8] { field(2, field(6, field(2, Array(asset.utf8)))) }
        #expect(try TensorFlowScan(savedModel: RandomAccessBytes(model("vocabulary.txt"))).dangers.isEmpty)
        #expect(try TensorFlowScan(savedModel: RandomAccessBytes(model("../vocabulary.txt"))).dangers.count == 1)
    }

    // MARK: ONNX

    @Test(arguments: ["plain", "runtime-domain", "own-function", "weights-beside"])
    func `an ONNX model of known or its own operators passes`(name: String) async throws {
        let outcome = try await specimen("\(name).onnx").run(SafePickle.self)
        #expect(outcome.verdict == .pass && outcome.measurements["graphs"]?.int == 1, "\(outcome.words)")
    }

    @Test func `operators of a strange domain fail unless they are allowed`() async throws {
        let strange = try specimen("strange-domain.onnx", as: "model.dat", format: "onnx")
        let outcome = try await strange.run(SafePickle.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("com.example.Fetch"), "\(outcome.words)")
        #expect(try await strange.run(SafePickle.self, ["allow": ["com.example.*"]]).verdict == .pass)
    }

    @Test(arguments: [
        ("weights-above", "../../secret.bin"), ("weights-absolute", "/etc/passwd"), ("weights-nested", "a/../../b"),
    ]) func `weights outside of the folder fail, wherever they are named`(name: String, place: String) async throws {
        let outcome = try await specimen("\(name).onnx").run(SafePickle.self, ["allow": ["*"]])
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("takes weights from '\(place)'"), "\(outcome.words)")
    }

    @Test func `bytes that are no ONNX fail, also graphs that nest without end`() async throws {
        #expect(try await specimen(Array("not a model".utf8), as: "m.onnx").run(SafePickle.self).verdict == .fail)
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            var (rest, size) = (bytes.count, [UInt8]())
            repeat {
                size.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
                rest >>= 7
            } while rest > 0
            return [number << 3 | 2] + size + bytes
        }
        var graph: [UInt8] = []
        for _ in 0..<40 { graph = field(1, field(5, field(6, graph))) }
        let outcome = try await specimen(field(7, graph), as: "m.onnx").run(SafePickle.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("nested more than 32 levels"), "\(outcome.words)")
    }

    @Test(arguments: [
        ("a.bin", false), ("a/b..c", false), ("./a", false), ("ab:c", false), ("..", true), ("a/..", true),
        ("/a", true), (#"..\a"#, true), (#"\\host\a"#, true), ("C:/a", true), ("file:///a", true), ("~/a", true),
        ("", false),
    ]) func `a path that leaves its folder is one on any system`(path: String, isOutside: Bool) {
        #expect(FilePlace.isOutside(path) == isOutside)
    }
}
