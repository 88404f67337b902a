import Domain

/// What a `.dvc` file or a stage's lock says of the one file or folder that it stands for.
struct DVCPointer: Hashable {
    /// 32 lower-case digits, without `.dir`.
    let md5: String
    let isFolder: Bool
    let size: Int?
    /// Written by DVC 2: text was hashed with CRLF read as LF (`md5-dos2unix`).
    let isLegacy: Bool
    /// The remote that it names for itself.
    let remote: String?

    init(_ tree: ManifestTree, at place: String) throws(ArtifactFailure) {
        func refuse(_ why: String) -> ArtifactFailure {
            ArtifactFailure(.invalid, "\(place): \(why); write it anew with 'dvc add'")
        }
        guard let outs = tree.member("outs")?.items, outs.count == 1, let out = outs.first else {
            throw refuse("expected exactly one entry under 'outs'")
        }
        try self.init(output: out, at: place)
    }

    /// An entry under 'outs', of a `.dvc` file or of a stage in `dvc.lock`.
    init(output out: any ManifestNode, at place: String) throws(ArtifactFailure) {
        func refuse(_ why: String) -> ArtifactFailure {
            ArtifactFailure(.invalid, "\(place): \(why); write it anew with DVC")
        }
        guard let text = out.member("md5")?.text else {
            throw ArtifactFailure(
                .unsupported,
                "\(place): its entry has no md5 (it is kept by a cloud version or etag); keep it in a cache of DVC's")
        }
        let hash = out.member("hash")?.text
        guard hash == nil || hash == "md5" else {
            throw ArtifactFailure(.unsupported, "\(place): hash '\(hash ?? "")' is unknown here; md5 is known")
        }
        isFolder = text.hasSuffix(".dir")
        md5 = String(isFolder ? text.dropLast(4) : text[...])
        guard Self.isMD5(md5) else { throw refuse("'\(text)' is no md5 of 32 lower-case digits") }
        let number = out.member("size")?.text
        size = number.flatMap { Int($0) }
        guard number == nil || (size ?? -1) >= 0 else { throw refuse("'\(number ?? "")' is no size") }
        isLegacy = hash == nil
        remote = out.member("remote")?.text
    }

    static func isMD5(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
