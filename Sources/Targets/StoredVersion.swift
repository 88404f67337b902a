import Domain

/// One version as it was written to a directory: what `.martlet.json` remembers of it.
struct StoredVersion: Hashable {
    var number: Int
    var revision: String
    var label: String
    let digest: Digest
    /// Relative to the version's folder.
    var files: [File]

    struct File: Hashable {
        let path: String
        let digest: Digest
        let size: Int
        /// Nanoseconds since 1970 of the last change of its bytes, and of what is known of it: a file whose size and times are these is
        /// taken to be unchanged. The second cannot be set by hand.
        var changed: Int
        var altered: Int?
        /// Who may do what with it, as `chmod` takes it; `nil` in records of an earlier Martlet.
        var mode: Int?
    }

    var json: JSON {
        [
            "number": .int(number), "revision": .string(revision), "version": .string(label),
            "digest": .string("\(digest)"),
            "files": .array(
                files.map { file in
                    [
                        "path": .string(file.path), "sha256": .string(file.digest.digits), "size": .int(file.size),
                        "changed": .int(file.changed), "altered": file.altered.map(JSON.int) ?? .null,
                        "mode": file.mode.map(JSON.int) ?? .null,
                    ]
                }),
        ]
    }

    init(number: Int, revision: String, label: String, digest: Digest, files: [File]) {
        self.number = number
        self.revision = revision
        self.label = label
        self.digest = digest
        self.files = files
    }

    init?(_ json: JSON) {
        guard let number = json["number"]?.int, number > 0, let revision = json["revision"]?.string,
            let label = json["version"]?.string, let digest = json["digest"]?.string.flatMap({ Digest($0) }),
            let files = json["files"]?.array
        else { return nil }
        let read = files.compactMap { file -> File? in
            guard let path = file["path"]?.string, let digest = file["sha256"]?.string.flatMap({ Digest($0) }),
                let size = file["size"]?.int, let changed = file["changed"]?.int
            else { return nil }
            return File(
                path: path, digest: digest, size: size, changed: changed, altered: file["altered"]?.int,
                mode: file["mode"]?.int)
        }
        guard read.count == files.count else { return nil }
        self.init(number: number, revision: revision, label: label, digest: digest, files: read)
    }
}
