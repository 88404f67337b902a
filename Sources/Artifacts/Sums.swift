import Domain

/// The sums of bytes that were read once.
struct Sums {
    let digest: Digest
    let md5: String?
    let legacyMD5: String?
    let size: Int
}

/// Computes all the sums that an expectation asks for, in one pass.
struct Summer {
    private var sha256 = SHA256()
    private var md5: MD5?
    private var legacy: MD5?
    private var pendingReturn = false
    private var size = 0

    init(for expected: Expectation) {
        if expected.md5 != nil {
            md5 = MD5()
            if expected.isLegacy { legacy = MD5() }
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        size += bytes.count
        sha256.update(bytes)
        md5?.update(bytes)
        if legacy != nil { updateLegacy(bytes) }
    }

    /// DVC 2's dos2unix: every CR that an LF follows is left out.
    private mutating func updateLegacy(_ bytes: UnsafeRawBufferPointer) {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            if pendingReturn, byte != 0x0A { kept.append(0x0D) }
            pendingReturn = byte == 0x0D
            if !pendingReturn { kept.append(byte) }
        }
        kept.withUnsafeBytes { legacy?.update($0) }
    }

    consuming func finish() -> Sums {
        if pendingReturn { [UInt8(0x0D)].withUnsafeBytes { legacy?.update($0) } }
        return Sums(
            digest: sha256.finish(), md5: md5.map { Hexadecimal.text($0.finish()) },
            legacyMD5: legacy.map { Hexadecimal.text($0.finish()) }, size: size)
    }
}
