public import Domain

/// A model file that is a pickle imports nothing but what its framework needs: loading it runs no code of strangers.
///
/// An allow-list: whatever is not known to be harmless fails. The opcodes are walked; nothing is ever unpickled.
public struct SafePickle: Check {
    public static let id = "infra.safe-pickle"
    public static let version = 3
    public static let summary =
        "Model files run no code of strangers: pickles import only what frameworks need, Keras files hold no Lambda."

    let allow: [String]
    let forbid: Bool
    let files: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        allow = fields.value("allow", default: [], "further imports, such as mypackage.layers.*; * stands for anything")
        forbid = fields.value("forbid", default: false, "whether any pickle at all fails")
        files = fields.value("files", default: [], "further files in the model's folder")
    }

    /// Exact names, or everything below a module of classes that hold data.
    static let harmless: [String] = [
        "builtins.set", "builtins.frozenset", "builtins.dict", "builtins.list", "builtins.tuple", "builtins.object",
        "builtins.int", "builtins.float", "builtins.complex", "builtins.bool", "builtins.str", "builtins.bytes",
        "builtins.bytearray", "builtins.slice", "builtins.range", "__builtin__.set", "__builtin__.object",
        "__builtin__.bytearray", "copyreg._reconstructor", "copy_reg._reconstructor", "_codecs.encode",
        "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "collections.deque",
        "datetime.datetime",
        "datetime.date", "datetime.timedelta", "decimal.Decimal", "numpy.ndarray", "numpy.dtype", "numpy.bool_",
        "numpy.int32", "numpy.int64", "numpy.float32", "numpy.float64", "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer", "numpy.random._pickle.__randomstate_ctor",
        "numpy.random._pickle.__bit_generator_ctor", "numpy.random._mt19937.MT19937",
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "scipy.sparse._csr.csr_matrix", "scipy.sparse.csr.csr_matrix", "scipy.sparse._csc.csc_matrix",
        "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter", "torch.FloatStorage", "torch.HalfStorage",
        "torch.BFloat16Storage", "torch.DoubleStorage", "torch.LongStorage", "torch.IntStorage", "torch.BoolStorage",
        "torch.ByteStorage", "torch.CharStorage", "torch.ShortStorage", "torch.Size", "torch.device", "torch.dtype",
        "sklearn.linear_model._logistic.LogisticRegression", "sklearn.linear_model._base.LinearRegression",
        "sklearn.linear_model._ridge.Ridge", "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._data.MinMaxScaler", "sklearn.preprocessing._encoders.OneHotEncoder",
        "sklearn.impute._base.SimpleImputer", "sklearn.pipeline.Pipeline",
        "sklearn.compose._column_transformer.ColumnTransformer",
        "sklearn.compose._column_transformer._RemainderColsList", "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble._forest.RandomForestRegressor", "sklearn.ensemble._gb.GradientBoostingClassifier",
        "sklearn.ensemble._gb.GradientBoostingRegressor", "sklearn.tree._classes.DecisionTreeClassifier",
        "sklearn.tree._classes.DecisionTreeRegressor", "sklearn.tree._tree.Tree",
        "sklearn.neural_network._multilayer_perceptron.MLPClassifier",
        "sklearn.neural_network._multilayer_perceptron.MLPRegressor", "sklearn.preprocessing._label.LabelBinarizer",
        "sklearn.preprocessing._label.LabelEncoder", "xgboost.core.Booster", "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBRegressor", "lightgbm.basic.Booster", "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRegressor",
    ]

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            let pointer = subject.manifest.artifact
            let artifact = try await subject.tools.artifact(subject.version, pointer)
            let name = pointer.path ?? pointer.uri?.split(separator: "/").last.map(String.init) ?? "artifact"
            let declared = pointer.format == .pickle || pointer.format == .joblib
            var findings: [Finding] = [], imports: Set<String> = [], pickles = 0
            let inside = artifact.isFolder ? try FolderListing.files(below: artifact.path) : [""]
            for file in inside {
                let source = try ByteSource(path: file.isEmpty ? artifact.path : artifact.path + "/" + file)
                let format = artifact.isFolder ? nil : pointer.format
                findings += look(source, file.isEmpty ? name : file, format, &imports, &pickles)
            }
            if declared, pickles == 0, findings.isEmpty {
                findings.append(Finding(.fail, "the manifest calls \(name) a pickle, and no pickle is found in it"))
            }
            for file in files {
                findings += look(
                    try ByteSource(try await subject.evidence(file, "model file")), file, nil, &imports, &pickles)
            }
            let words =
                pickles == 0
                ? "\(name) holds no pickle" : "\(pickles) pickles import nothing but \(imports.sorted().listed(3))"
            return Outcome(
                findings, otherwise: words,
                measurements: ["pickles": .int(pickles), "imports": .array(imports.sorted().map(JSON.string))])
        }
    }

    private func look(
        _ source: ByteSource, _ name: String, _ format: ModelFormat?, _ imports: inout Set<String>, _ pickles: inout Int
    ) -> [Finding] {
        let found: [PickleFile.Finding]?
        do throws(Malformed) { found = try PickleFile.scan(source, name: name, format: format) } catch {
            return [Finding(.fail, "\(name) cannot be read: \(error)", file: name)]
        }
        guard let found else { return [] }
        let isPickle = found.contains { $0.place != "config.json" && $0.unseen == nil }
        var findings =
            forbid && isPickle ? [Finding(.fail, "\(name) is a pickle; ship safetensors, ONNX or npz", file: name)] : []
        for part in found {
            let place = part.place == name ? name : "\(name) (\(Excerpt.line(part.place)))"
            if let unseen = part.unseen {
                findings.append(Finding(.inconclusive, "\(place) may hold a pickle: \(unseen)", file: name))
                continue
            }
            pickles += 1
            imports.formUnion(part.imports)
            findings += part.faults.map {
                Finding(.fail, "\(place) is no pickle that can be followed: \($0)", file: name)
            }
            findings += part.dangers.map { Finding(.fail, "\(place) \(Excerpt.line($0, limit: 200))", file: name) }
            for item in part.imports where !isHarmless(item) {
                findings.append(strange("\(place) imports \(Excerpt.line(item, limit: 200))", name))
            }
            for item in part.importsOfPickle where !isHarmless(item) {
                let words = "\(place), unless joblib loads it (say format: joblib then), imports"
                findings.append(strange("\(words) \(Excerpt.line(item, limit: 200))", name))
            }
        }
        return findings
    }

    private func strange(_ words: String, _ file: String) -> Finding {
        Finding(.fail, "\(words), which is not known to be harmless", file: file)
    }

    /// `module:name.attribute` may reach anything that the module imports, so that only a pattern with a colon allows it.
    private func isHarmless(_ item: String) -> Bool {
        Self.harmless.contains(item)
            || allow.contains { NamePattern($0).matches(item) && (!item.contains(":") || $0.contains(":")) }
    }
}
