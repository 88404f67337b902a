import Domain

/// What bytes must be, as far as their pointer says.
struct Expectation {
    var digest: Digest?
    var md5: String?
    /// Whether the MD5 may be of the text with CRLF read as LF.
    var isLegacy = false
    var size: Int?
    /// Whether the bytes come from where the pointer's author may have no right to look: then nothing is told of them.
    var isForeign = false
    /// For messages: which pointer asks.
    var place: String

    func checkSize(_ found: Int, in source: String) throws(ArtifactFailure) {
        guard let size, !isLegacy, size != found else { return }
        let has = isForeign ? "another size" : "\(found)"
        throw ArtifactFailure(
            .digestMismatch, "\(place): expected \(size) bytes, \(source) has \(has); put the right file there")
    }

    /// Throws where the bytes are others than the pointer promised.
    func check(_ sums: Sums, in source: String, differsInLineEnds: Bool = false) throws(ArtifactFailure) {
        if let digest, digest != sums.digest {
            let other = isForeign ? "another" : "\(sums.digest)"
            let remedy =
                differsInLineEnds && !isForeign
                ? "Git changed its line ends: put '*.\(place.split(separator: ".").last ?? "csv") -text' into .gitattributes, "
                    + "then git add --renormalize and commit it anew"
                : "put the right file there, or correct the pointer"
            throw ArtifactFailure(
                .digestMismatch, "\(place): expected \(digest), \(source) is \(other); \(remedy)")
        }
        if let md5, md5 != sums.md5, !isLegacy || md5 != sums.legacyMD5 {
            throw ArtifactFailure(
                .digestMismatch,
                "\(place): expected md5 \(md5), \(source) has \(sums.md5 ?? "another"); run 'dvc pull' anew")
        }
    }
}
