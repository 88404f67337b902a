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

    /// Whether an import in lines of text stands among `bytes`, and a call after it.
    static func isCalled(in bytes: [UInt8]) -> Bool {
        for start in bytes.indices where bytes[start] == 0x63 || bytes[start] == 0x69 {
            guard let module = word(in: bytes, from: start + 1), let name = word(in: bytes, from: module + 1) else {
                continue
            }
            if bytes[start] == 0x69 || bytes[(name + 1)...].contains(where: { [0x52, 0x6F, 0x81].contains($0) }) {
                return true
            }
        }
        return false
    }

    /// Where the line ends that starts at `start`, where it is a dotted name of two letters or more.
    private static func word(in bytes: [UInt8], from start: Int) -> Int? {
        guard start < bytes.count else { return nil }
        let end = bytes[start...].firstIndex { byte in
            !(byte == 0x5F || byte == 0x2E || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26)
        }
        guard let end, bytes[end] == 0x0A, end >= start + 2, bytes[start] &- 0x30 >= 10 else { return nil }
        return end
    }
}
