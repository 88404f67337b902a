import Domain

/// What bytes must be, as far as their pointer says.
struct Expectation {
    var digest: Digest?
    var md5: String?
    /// Whether the MD5 may be of the text with CRLF read as LF.
    var isLegacy = false
    var size: Int?
    /// Whether the bytes lie in a store outside of Git, where the right ones may lie another time without a commit.
    var isOutside = false
    /// Whether the bytes come from where the pointer's author may have no right to look: then nothing is told of them.
    var isForeign = false
    /// The folder that the pointer's manifest lies in, whose content is the version; `nil` where any folder will do.
    var home: String?
    /// For messages: which pointer asks.
    var place: String

    func checkSize(_ found: Int, in source: String) throws(ArtifactFailure) {
        guard let size, !isLegacy, size != found else { return }
        let has = isForeign ? "another size" : "\(found)"
        throw ArtifactFailure(
            mismatch, "\(place): expected \(size) bytes, \(source) has \(has); put the right file there")
    }

    private var mismatch: ArtifactFailure.Reason { isOutside ? .wrongInStore : .digestMismatch }

    /// Throws where the bytes are others than the pointer promised.
    func check(_ sums: Sums, in source: String, differsInLineEnds: Bool = false) throws(ArtifactFailure) {
        if let md5, md5 != sums.md5, !isLegacy || md5 != sums.legacyMD5 {
            throw ArtifactFailure(
                mismatch,
                // 'dvc push' skips what is there under the right name.
                "\(place): expected md5 \(md5), \(source) has \(sums.md5 ?? "another"); remove that file, then run 'dvc push' "
                    + "where the right one is, or 'dvc fetch' if it lies in a cache")
        }
        if let digest, digest != sums.digest {
            let other = isForeign ? "another" : "\(sums.digest)"
            let remedy =
                differsInLineEnds && !isForeign
                ? "Git changed its line ends: put '*.\(place.split(separator: ".").last ?? "csv") -text' into .gitattributes, "
                    + "then git add --renormalize and commit it anew"
                : "put the right file there, or correct the pointer"
            // What has the MD5 of its pointer is the right object: then Git contradicts itself.
            throw ArtifactFailure(
                md5 == nil ? mismatch : .digestMismatch,
                "\(place): expected \(digest), \(source) is \(other); \(remedy)")
        }
    }
}
