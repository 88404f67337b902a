/// Names by which tools give away that a file is a pickle.
enum PickleName {
    static func isPickle(_ name: String, inArchive: Bool = false) -> Bool {
        let name = unpacked(name)
        return endings.contains { name.hasSuffix($0) } || !inArchive && name.hasSuffix(".bin")
    }

    /// Whether joblib loads it, by its name.
    static func isJoblib(_ name: String) -> Bool { unpacked(name).hasSuffix(".joblib") }

    private static func unpacked(_ name: String) -> Substring {
        var name = name.lowercased()[...]
        for ending in packed where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        return name
    }

    private static let endings = [".pkl", ".pickle", ".joblib", ".pt", ".pth", ".dill"]
    private static let packed = [".z", ".gz", ".bz2", ".xz", ".lzma", ".lz4", ".zst"]
}
