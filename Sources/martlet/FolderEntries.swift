import Glibc

/// The names in an open folder, read at once: a walk through many small folders asks the system twice for each, where `readdir` asks six times.
struct FolderEntries {
    /// As the system writes a `dirent`: 8 bytes of inode, 8 of offset, 2 of the record's length, one of kind, the name and a zero.
    private let records: [UInt8]

    private static let lengthOffset = 16, kindOffset = 18, nameOffset = 19

    /// Returns `nil` where the folder cannot be read; `errno` says why.
    init?(of folder: Int32) {
        var records: [UInt8] = []
        let last = withUnsafeTemporaryAllocation(byteCount: 1 << 15, alignment: 8) { buffer in
            var position = 0
            while true {
                let count = getdirentries(folder, buffer.baseAddress!, buffer.count, &position)
                guard count > 0 else { return count }
                records.append(contentsOf: buffer.prefix(count))
            }
        }
        guard last == 0 else { return nil }
        self.records = records
    }

    /// Gets each name but `.` and `..`, and its kind as in `dirent`.
    func forEach(_ visit: (_ name: UnsafePointer<CChar>, _ kind: Int) -> Void) {
        records.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let name = bytes.baseAddress! + start + Self.nameOffset
                if !Self.isFolderItself(name) {
                    visit(name.assumingMemoryBound(to: CChar.self), Int(bytes[start + Self.kindOffset]))
                }
                start += Int(bytes.loadUnaligned(fromByteOffset: start + Self.lengthOffset, as: UInt16.self))
            }
        }
    }

    func contains(_ name: String) -> Bool {
        var found = false
        forEach { other, _ in if strcmp(other, name) == 0 { found = true } }
        return found
    }

    private static func isFolderItself(_ name: UnsafeRawPointer) -> Bool {
        let bytes = name.assumingMemoryBound(to: UInt8.self), dot = UInt8(ascii: ".")
        return bytes[0] == dot && (bytes[1] == 0 || bytes[1] == dot && bytes[2] == 0)
    }
}
