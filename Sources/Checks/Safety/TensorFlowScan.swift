/// Finds in a TensorFlow graph the operators that reach out of it when the model runs: files, the network, Python. Nothing is loaded.
///
/// A SavedModel, or a bare GraphDef. Field numbers are those of `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `function.proto`
/// and `node_def.proto` (TensorFlow 2.20).
struct TensorFlowScan {
    /// As Python names them, `tensorflow.raw_ops.ReadFile`.
    private(set) var operators: Set<String> = []
    private(set) var dangers: Set<String> = []
    /// How many operators of nodes were seen.
    private(set) var nodes = 0
    /// Why a bare graph cannot be read further.
    private(set) var fault: Malformed?

    init(savedModel source: RandomAccessBytes) throws(Malformed) {
        var hasGraph = false
        try ProtobufReader(source).each([2]) { _, part throws(Malformed) in
            hasGraph = true
            try metaGraph(part)
        }
        guard hasGraph else { throw Malformed("it is no SavedModel: it has no graph") }
    }

    /// As far as it can be read.
    init(graph source: RandomAccessBytes) {
        do throws(Malformed) { try graph(ProtobufReader(source)) } catch { fault = error }
    }

    private mutating func metaGraph(_ message: ProtobufReader) throws(Malformed) {
        try message.each([2, 6]) { number, part throws(Malformed) in
            if number == 2 { try graph(part) } else { try asset(part) }
        }
    }

    private mutating func graph(_ message: ProtobufReader) throws(Malformed) {
        try message.each([1, 2]) { number, part throws(Malformed) in
            if number == 1 { try node(part) } else { try library(part) }
        }
    }

    /// FunctionDefLibrary: what `tf.function` made; nodes call its functions by name.
    private mutating func library(_ message: ProtobufReader) throws(Malformed) {
        try message.each([1]) { _, function throws(Malformed) in
            try function.each([3]) { _, part throws(Malformed) in try node(part) }
        }
    }

    private mutating func node(_ message: ProtobufReader) throws(Malformed) {
        var fields = message, prints = false
        while let field = try fields.next() {
            guard field.number == 2, case .bytes(let start, let count) = field.value else { continue }
            // Many things end in .pb and have a first field: a node has an operator, too.
            nodes += 1
            let name = try message.text(start, count)
            if Self.reaching.contains(name) { operators.insert("tensorflow.raw_ops.\(name)") }
            if name == "PrintV2" { prints = true }
        }
        // It prints to the console but where it names a file.
        guard prints else { return }
        try message.each([5]) { _, attribute throws(Malformed) in
            if try Self.printsToFile(attribute) { operators.insert("tensorflow.raw_ops.PrintV2") }
        }
    }

    /// Whether an entry of a node's attributes is the `output_stream` of PrintV2 and names a file.
    private static func printsToFile(_ message: ProtobufReader) throws(Malformed) -> Bool {
        var message = message, values: [ProtobufReader] = [], isStream = false
        while let field = try message.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            switch field.number {
            case 1: isStream = try message.text(start, count) == "output_stream" || isStream
            case 2: values.append(message.message(start, count))
            default: break
            }
        }
        guard isStream else { return false }
        for var value in values {
            while let field = try value.next() {
                guard field.number == 2, case .bytes(let start, let count) = field.value else { continue }
                if try value.text(start, count).hasPrefix("file://") { return true }
            }
        }
        return false
    }

    /// AssetFileDef: a file below `assets/`.
    private mutating func asset(_ message: ProtobufReader) throws(Malformed) {
        var message = message
        while let field = try message.next() {
            guard field.number == 2, case .bytes(let start, let count) = field.value else { continue }
            let name = try message.text(start, count)
            guard FilePlace.isOutside(name), dangers.count < 100 else { continue }
            dangers.insert("takes an asset from '\(name)', which is outside of the model's folder")
        }
    }

    /// Operators of TensorFlow that read or write files by a name that the graph makes or holds, speak to others, or call Python.
    ///
    /// TensorFlow has over a thousand operators, and other packages add theirs: this is a list of those that are known to be harmful, and no
    /// proof that others are harmless. PrintV2 is looked at on its own.
    /// Those that every SavedModel has, to save and restore its variables and to read the tables among its assets, are left out.
    private static let reaching: Set<String> = [
        // Files.
        "ReadFile", "WriteFile", "MatchingFiles", "MatchingFilesDataset", "WholeFileReader",
        "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2", "FixedLengthRecordReader",
        "FixedLengthRecordReaderV2", "TFRecordReader", "TFRecordReaderV2", "LMDBReader", "LMDBDataset",
        "TextLineDataset", "TFRecordDataset", "TFRecordDatasetV2", "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2", "CSVDataset", "CSVDatasetV2", "SqlDataset", "LoadDataset", "SaveDataset",
        "SaveDatasetV2", "SnapshotDataset", "SnapshotDatasetV2", "CacheDataset", "CacheDatasetV2",
        "DatasetToTFRecord", "ExperimentalDatasetToTFRecord", "ExperimentalCSVDataset", "ExperimentalLMDBDataset",
        "ExperimentalSqlDataset", "ExperimentalMatchingFilesDataset", "CreateSummaryFileWriter",
        "CreateSummaryDbWriter", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount",
        "DebugNumericSummary", "ImmutableConst", "RecordInput", "LoadAndRemapMatrix", "GenerateVocabRemapping",
        "Skipgram",
        "SnapshotChunkDataset", "DistributedSave",
        // Others on the network.
        "RpcCall", "RpcClient", "RpcServer", "RpcServerStart", "RegisterDataset", "RegisterDatasetV2",
        "DataServiceDataset", "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4",
        "BigQueryReader", "CloudBigtableClient", "KafkaDataset",
        // Python.
        "PyFunc", "PyFuncStateless", "EagerPyFunc",
    ]
}
