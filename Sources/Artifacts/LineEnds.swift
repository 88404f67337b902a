import Domain

/// Finds out whether bytes differ from those expected in nothing but their line ends, as Git leaves them where it takes a file for text.
struct LineEnds {
    /// No table that Git takes for text is larger.
    static let limit = 256 << 20

    private var unix = SHA256(), dos = SHA256()
    private var last: UInt8 = 0
    private var pendingReturn = false

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var short: [UInt8] = [], long: [UInt8] = []
        short.reserveCapacity(bytes.count + 1)
        long.reserveCapacity(bytes.count + bytes.count / 16)
        for byte in bytes {
            if pendingReturn, byte != 0x0A { short.append(0x0D) }
            pendingReturn = byte == 0x0D
            if !pendingReturn { short.append(byte) }
            if byte == 0x0A, last != 0x0D { long.append(0x0D) }
            long.append(byte)
            last = byte
        }
        short.withUnsafeBytes { unix.update($0) }
        long.withUnsafeBytes { dos.update($0) }
    }

    /// Whether the same lines with other ends are what was expected.
    consuming func give(_ digest: Digest) -> Bool {
        if pendingReturn { [UInt8(0x0D)].withUnsafeBytes { unix.update($0) } }
        return unix.finish() == digest || dos.finish() == digest
    }
}
