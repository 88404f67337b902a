/// What honest pickles call, and with what: NumPy, pandas, scikit-learn, XGBoost, LightGBM, joblib and PyTorch, as
/// `Tests/ChecksTests/Reference/make_pickle_names.py` finds it.
///
/// A name that is harmless as a value may be a tool in a chain of calls (`numpy.ndarray` over an array of objects shows where
/// they are in memory), so that every other call of a harmless name is a danger.
enum PickleCalls {
    /// Whether some honest pickle calls `name` with such arguments.
    static func isHonest(_ name: String, _ arguments: PickleItem) -> Bool {
        guard case .tuple(let items) = arguments else { return false }
        let name = current(name)
        if lossModules.contains(where: { name.hasPrefix($0) }), !name.contains("__"), patterns[name] == nil {
            return items.allSatisfy { fits($0, "v", of: name) }
        }
        return patterns[name]?.contains { pattern in
            pattern.count == items.count && zip(items, pattern).allSatisfy { fits($0, $1, of: name) }
        } ?? false
    }

    /// Whether honest pickles call `name` and never keep it: kept by an estimator, it would be called with what that chooses.
    static func isOnlyCalled(_ name: String) -> Bool {
        let name = current(name)
        return arrays.contains(name) || patterns[name] != nil && !keptToo.contains { name.hasPrefix($0) }
    }

    static func isArray(_ name: String) -> Bool { arrays.contains(name) }

    /// What the call of a harmless name gives.
    static func result(of name: String, _ arguments: PickleItem) -> PickleItem {
        guard case .tuple(let items) = arguments else { return .other }
        switch current(name) {
        case "numpy.dtype": return .dtype(NumPyType(calledWith: items))
        case "_codecs.encode", "builtins.bytes", "builtins.bytearray": return .bytes
        case "copyreg._reconstructor":
            guard case .global(let type)? = items.first else { return .other }
            return .made(PickleInstance(type))
        case let name where name.hasSuffix(".scalar") || name.hasPrefix("torch.jit."): return .other
        case let name: return .made(PickleInstance(name))
        }
    }

    private static let lossModules = ["sklearn._loss._loss.", "sklearn.linear_model._sgd_fast."]
    private static let arrays: Set<String> = ["numpy.ndarray", "numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"]
    private static let keptToo = ["builtins.", "collections.", "datetime.", "decimal.", "numpy.dtype", "sklearn.tree."]

    /// Modules moved; their functions stayed the same.
    private static func current(_ name: String) -> String {
        for (old, new) in [("__builtin__.", "builtins."), ("copy_reg.", "copyreg."), ("numpy.core.", "numpy._core.")]
        where name.hasPrefix(old) { return new + name.dropFirst(old.count) }
        return name
    }

    private static func fits(_ item: PickleItem, _ kind: Character, of name: String) -> Bool {
        switch (kind, item) {
        case ("0", .int(0)), ("1", .int(1)), ("i", .int), ("t", .text), ("e", .text), ("e", .other), ("b", .bytes),
            ("s", .bytes), ("s", .text):
            true
        case ("d", .dtype(let type)): !type.holdsObjects && !type.isForged
        case ("u", .tuple), ("N", .none), ("l", .object), ("l", .dictionary), ("l", .tuple): true
        case ("x", .bytes), ("x", .other), ("x", .text): true
        case ("z", .tuple(let shape)): if shape.count == 1, case .int(0) = shape[0] { true } else { false }
        case ("G", .made(let made)): made.name == "numpy.random._pickle.__bit_generator_ctor"
        case ("c", .global): true
        case ("A", .global(let type)): arrays.contains(type) || !HarmlessNames.contains(type)
        case ("R", .global(let type)): type.hasPrefix("numpy.random.") && !type.hasPrefix("numpy.random._pickle.")
        case ("C", .global(let type)): type == "numpy.random._pickle.__bit_generator_ctor"
        case ("S", .global(let type)): type.hasPrefix(name.prefix { $0 != "." } + ".") && sameModule(type, name)
        case ("O", .global(let type)): current(type) == "builtins.object"
        case ("D", .global(let type)): ["builtins.dict", "builtins.list", "builtins.set"].contains(current(type))
        case ("F", .global(let type)):
            ["builtins.", "collections."].contains { current(type).hasPrefix($0) } && HarmlessNames.contains(type)
        case ("v", .global), ("v", .mark), ("v", .wrapper): false
        case ("v", _): true
        default: false
        }
    }

    private static func sameModule(_ type: String, _ name: String) -> Bool {
        func module(_ name: String) -> Substring { name[..<(name.lastIndex(of: ".") ?? name.startIndex)] }
        return module(type) == module(name)
    }

    /// A name, then the kinds of arguments that it takes, a letter each (`-` for none): `i` whole number (`0` and `1` just that), `t` text, `e` text of any
    /// length, `b` bytes, `s` bytes or text, `x` bytes or what cannot be told, `d` dtype, `u` tuple, `z` the shape (0,), `l` list,
    /// `N` None, `v` any value but an import, `G` bit generator; imports: `c` any, `A` array, `R` class of numpy.random,
    /// `C` maker of bit generators, `S` of the same module, `O` object, `D` container, `F` factory.
    private static let patterns: [String: [Substring]] = {
        var patterns: [String: [Substring]] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            patterns[String(words[0])] = words.dropFirst().map { $0 == "-" ? "" : $0 }
        }
        return patterns
    }()

    private static let table = """
        _codecs.encode et
        builtins.bytearray - b et
        builtins.bytes -
        builtins.complex vv
        builtins.frozenset l
        builtins.range iii
        builtins.set l
        builtins.slice vvv
        builtins.xrange iii
        collections.Counter - l
        collections.OrderedDict - l
        collections.defaultdict - F N
        collections.deque - l li lN
        copyreg._reconstructor cON cDv
        datetime.date s
        datetime.datetime s sv
        datetime.timedelta iii
        decimal.Decimal t
        numpy._core.multiarray._reconstruct Azs
        numpy._core.multiarray.scalar dx
        numpy._core.numeric._frombuffer bdut
        numpy.dtype t01
        numpy.ma.core._mareconstruct AAzs
        numpy.random._pickle.__bit_generator_ctor - t R
        numpy.random._pickle.__generator_ctor - t tC G GC
        numpy.random._pickle.__randomstate_ctor - t tC G GC
        numpy.random.bit_generator.__pyx_unpickle_SeedSequence SiN Siu Siv
        sklearn._loss._loss.__pyx_unpickle_CyHalfMultinomialLoss Siu SiN
        sklearn.metrics._dist_metrics.newObj S
        sklearn.neighbors._ball_tree.newObj S
        sklearn.neighbors._kd_tree.newObj S
        sklearn.tree._tree.Tree ivi
        torch.Size - u l
        torch.device t ti
        torch._utils._rebuild_parameter vvv
        torch._utils._rebuild_tensor_v2 vivvvv vivvvvv
        torch.jit._pickle.build_boollist v
        torch.jit._pickle.build_doublelist v
        torch.jit._pickle.build_intlist v
        torch.jit._pickle.build_tensor_from_id v
        torch.jit._pickle.build_tensorlist v
        torch.jit._pickle.restore_type_tag vt
        """
}
