import Glibc

/// A file without a name that lives in memory.
enum MemoryFile {
    /// One that holds `bytes`, ready to be read from its start; `nil` with `errno` where none could be made.
    static func holding(_ bytes: [UInt8]) -> Descriptor? {
        guard let make = GlibcFunctions.memoryFile, let file = Descriptor(owning: make("martlet", 1)) else {
            return nil
        }
        var position = 0
        while position < bytes.count {
            let written = bytes.withUnsafeBytes { write(file.number, $0.baseAddress! + position, $0.count - position) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return nil }
            position += written
        }
        lseek(file.number, 0, SEEK_SET)
        return file
    }
}
