import Domain

/// What a model file would run when it is loaded: pickles, bare, packed (joblib) or in a ZIP archive (PyTorch, npz), Keras layers, and
/// what operators of a graph reach (``GraphFile``).
enum PickleFile {
    struct Finding: Hashable {
        var place: String
        var imports: [String] = []
        var faults: [String] = []
        /// What pickle itself would import besides, where it reads the bytes of arrays that joblib skips.
        var importsOfPickle: [String] = []
        /// What runs code without importing anything.
        var dangers: [String] = []
        /// Operators of a graph that reach out of it.
        var operators: [String] = []
        var isPickle = true
        /// How it is packed, where it may hold a pickle that cannot be seen.
        var unseen: String?

        fileprivate mutating func forgetScriptClasses() {
            imports.removeAll { $0.hasPrefix("__torch__.") && !$0.contains(":") }
            importsOfPickle.removeAll { $0.hasPrefix("__torch__.") && !$0.contains(":") }
        }
    }

    private static let limit = 1 << 30

    /// `nil` where the file holds none. What its manifest or its name calls a pickle is one, or has a fault.
    static func scan(
        _ source: RandomAccessBytes, name: String, format: ModelFormat? = nil
    ) throws(Malformed) -> [Finding]? {
        let declared = format == .pickle || format == .joblib
        let loaders: [PickleScan.Loader] = format == .joblib ? [.joblib] : format == .pickle ? both : byName(name)
        var findings = try look(
            source, name, mustBePickle: declared || PickleName.isPickle(name), by: loaders, depth: 0)
        if let graph = try graph(source, name, format, beside: findings) { findings = (findings ?? []) + [graph] }
        guard declared, findings == nil else { return findings }
        return [Finding(place: name, faults: ["no pickle is found in it"])]
    }

    /// Where something else was found, bytes that do not even begin as a graph are no fault: a name does not say everything.
    private static func graph(
        _ source: RandomAccessBytes, _ name: String, _ format: ModelFormat?, beside findings: [Finding]?
    ) throws(Malformed) -> Finding? {
        do { return try GraphFile.scan(source, name: name, format: format) } catch {
            guard findings != nil, !GraphFile.begins(source, name: name, format: format) else { throw error }
            return nil
        }
    }

    private static let both: [PickleScan.Loader] = [.joblib, .pickle]

    private static func byName(_ name: String) -> [PickleScan.Loader] { PickleName.isJoblib(name) ? [.joblib] : both }

    private static func look(
        _ source: RandomAccessBytes, _ name: String, mustBePickle: Bool, by loaders: [PickleScan.Loader], depth: Int,
        room: ByteBudget = ByteBudget()
    ) throws(Malformed) -> [Finding]? {
        guard depth < 4 else { throw Malformed("archives in it nest more than three deep") }
        // Keras looks for the archive's end only.
        if ZipDirectory.looksLikeZip(source) || name.hasSuffix(".keras") && ZipDirectory.endsLikeZip(source) {
            return try archive(source, depth, room)
        }
        let start = try source.bytes(at: 0, count: min(512, source.size))
        if KerasModel.isConfig(name), let keras = try KerasModel.scan(config: source, name) {
            return [keras]
        }
        if KerasModel.looksLikeHDF5(start) { return [try KerasModel.scanText(source, name: name)] }
        if NumPyObjects.looksLikeArray(start) {
            return try NumPyObjects.pickle(in: source.all(atMost: limit)).map { [found($0, name, by: [.pickle])] }
        }
        // Only joblib unpacks zlib.
        if PackedFile.isZlib(start) {
            let bytes = try Inflate.bytes(source.all(atMost: limit), from: 2, atMost: min(limit, room.left))
            try room.take(bytes.count)
            return [found(bytes, name, by: [.joblib])]
        }
        if PackedFile.isGzip(start) {
            let bytes = try PackedFile.gunzip(source.all(atMost: limit), atMost: min(limit, room.left))
            try room.take(bytes.count)
            return try look(
                RandomAccessBytes(bytes), name, mustBePickle: mustBePickle, by: loaders, depth: depth + 1, room: room)
        }
        if let kind = PackedFile.kind(of: start) { return [unseen(kind, name, mustBePickle)] }
        if mustBePickle || start.first == 0x80 { return [found(try source.all(atMost: limit), name, by: loaders)] }
        return try unnamed(source, start).map { [found($0, name, by: loaders)] }
    }

    private static func unseen(_ kind: String, _ name: String, _ mustBePickle: Bool) -> Finding {
        let words = "it is \(kind), which is not unpacked here: save it again unpacked, or with zlib or gzip"
        return mustBePickle ? Finding(place: name, faults: [words]) : Finding(place: name, unseen: words)
    }

    /// The bytes of a pickle that nothing announces: the old protocols have no first byte of their own. It is one where it calls
    /// something that it imports, or where that seems to follow what cannot be followed.
    private static func unnamed(_ source: RandomAccessBytes, _ start: [UInt8]) throws(Malformed) -> [UInt8]? {
        var bytes = start
        var scan = PickleScan(bytes)
        if scan.isCutOff, !scan.calls, bytes.count < source.size {
            bytes = try source.bytes(at: 0, count: min(source.size, limit))
            scan = PickleScan(bytes)
        }
        if !scan.calls, !scan.isCutOff, scan.steps > 0, !scan.faults.isEmpty {
            // Python may read on where this walk stopped.
            let rest = try source.bytes(at: scan.position, count: min(source.size - scan.position, 1 << 20))
            guard PickleName.isCalled(in: rest) else { return nil }
            return try source.all(atMost: limit)
        }
        guard scan.calls else { return nil }
        return bytes.count == source.size ? bytes : try source.all(atMost: limit)
    }

    private static func archive(_ source: RandomAccessBytes, _ depth: Int, _ room: ByteBudget) throws(Malformed)
        -> [Finding]?
    {
        let zip = try ZipDirectory(source, within: room)
        var findings: [Finding] = []
        for entry in zip.entries {
            if entry.name.pathParts().contains("..") || entry.name.hasPrefix("/") {
                findings.append(Finding(place: entry.name, faults: ["its path leaves the archive"]))
            } else {
                findings += try look(zip, entry, depth, room)
            }
        }
        if isTorchScript(zip) { for index in findings.indices { findings[index].forgetScriptClasses() } }
        return findings.isEmpty ? nil : findings
    }

    /// An archive that TorchScript wrote: the classes below `__torch__` are those of its own `code/`, and no Python modules.
    private static func isTorchScript(_ zip: ZipDirectory) -> Bool {
        zip.entries.contains { $0.name == "constants.pkl" || $0.name.hasSuffix("/constants.pkl") }
            && zip.entries.contains { $0.name.hasPrefix("code/") || $0.name.contains("/code/") }
    }

    /// A file of an archive. Most are the raw numbers of tensors, which may start with any byte: those are judged by more than that.
    private static func look(
        _ zip: ZipDirectory, _ entry: ZipDirectory.Entry, _ depth: Int, _ room: ByteBudget
    ) throws(Malformed) -> [Finding] {
        if GraphFile.isNamed(entry.name) {
            let inside = RandomAccessBytes(try zip.bytes(of: entry, atMost: limit))
            if let graph = try GraphFile.scan(inside, name: entry.name) { return [graph] }
        }
        let start = try zip.start(of: entry, count: 4096)
        let isNamed = PickleName.isPickle(entry.name, inArchive: true)
        guard
            isNamed || KerasModel.isConfig(entry.name) || NumPyObjects.looksLikeArray(start)
                || ZipDirectory.looksLikeZip(RandomAccessBytes(start))
        else {
            let scan = PickleScan(start)
            guard scan.calls || scan.isCutOff && entry.size <= 64 << 20 else { return [] }
            let bytes = try zip.bytes(of: entry, atMost: limit)
            return scan.calls || PickleScan(bytes).calls ? [found(bytes, entry.name, by: both)] : []
        }
        let inside = RandomAccessBytes(try zip.bytes(of: entry, atMost: limit))
        let findings = try look(
            inside, entry.name, mustBePickle: isNamed, by: byName(entry.name), depth: depth + 1, room: room)
        return (findings ?? []).map { finding in
            var finding = finding
            if finding.place != entry.name { finding.place = "\(entry.name): \(finding.place)" }
            return finding
        }
    }

    /// Where joblib would skip the bytes of arrays, pickle would run on: who may load the file decides.
    private static func found(_ bytes: [UInt8], _ name: String, by loaders: [PickleScan.Loader]) -> Finding {
        let scan = PickleScan(bytes, by: loaders[0])
        var finding = Finding(
            place: name, imports: scan.imports.sorted(), faults: scan.faults, dangers: scan.dangers.unique)
        guard loaders.count > 1, scan.imports.contains(JoblibWrapper.name) else { return finding }
        let other = PickleScan(bytes, by: loaders[1])
        finding.dangers = (scan.dangers + other.dangers).unique
        finding.importsOfPickle = other.imports.subtracting(scan.imports).sorted()
        return finding
    }
}
