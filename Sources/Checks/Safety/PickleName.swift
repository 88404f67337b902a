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

    /// Whether an import in lines of text stands among `bytes`, and a call after it: two names of two letters or more, the first
    /// behind a `c` or `i`, the second a line of its own. In one walk, whatever the bytes are.
    static func isCalled(in bytes: [UInt8]) -> Bool {
        let lastCall = bytes.lastIndex { [0x52, 0x6F, 0x81].contains($0) } ?? -1
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        return zip(lines, lines.dropFirst()).contains { line, name in
            guard name.count >= 2, name.allSatisfy(isPart), isFirst(name[name.startIndex]) else { return false }
            let start = line.lastIndex { !isPart($0) }.map { $0 + 1 } ?? line.startIndex
            return line[start...].indices.dropLast(2).contains { place in
                isFirst(line[place + 1])
                    && (line[place] == 0x69 || line[place] == 0x63 && name.endIndex < lastCall)
            }
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte == 0x5F || byte == 0x2E || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private static func isFirst(_ byte: UInt8) -> Bool { byte &- 0x30 >= 10 }
}
