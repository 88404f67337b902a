import Domain

/// What bytes must be, as far as their pointer says.
struct Expectation {
    var digest: Digest?
    var md5: String?
    /// Whether the MD5 may be of the text with CRLF read as LF.
    var isLegacy = false
    var size: Int?
    /// For messages: which pointer asks.
    var place: String

    func checkSize(_ found: Int, in source: String) throws(ArtifactFailure) {
        guard let size, !isLegacy, size != found else { return }
        throw ArtifactFailure(
            .digestMismatch, "\(place): expected \(size) bytes, \(source) has \(found); put the right file there")
    }

    /// Throws where the bytes are others than the pointer promised.
    func check(_ sums: Sums, in source: String) throws(ArtifactFailure) {
        if let digest, digest != sums.digest {
            throw ArtifactFailure(
                .digestMismatch,
                "\(place): expected \(digest), \(source) is \(sums.digest); put the right file there, or correct the pointer"
            )
        }
        if let md5, md5 != sums.md5, !isLegacy || md5 != sums.legacyMD5 {
            throw ArtifactFailure(
                .digestMismatch,
                "\(place): expected md5 \(md5), \(source) has \(sums.md5 ?? "another"); run 'dvc pull' anew")
        }
    }
}

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
