import Domain

/// One version as it was written to a directory: what `.martlet.json` remembers of it.
struct DeployedVersion: Hashable {
    var number: Int
    var revision: String
    var label: String
    let digest: Digest
    /// Relative to the version's folder.
    let files: [File]

    struct File: Hashable {
        let path: String
        let digest: Digest
        let size: Int
        /// Nanoseconds since 1970: a file whose size and time are these is taken to be unchanged.
        let changed: Int
    }

    var json: JSON {
        [
            "number": .int(number), "revision": .string(revision), "version": .string(label),
            "digest": .string("\(digest)"),
            "files": .array(
                files.map { file in
                    [
                        "path": .string(file.path), "sha256": .string(file.digest.digits), "size": .int(file.size),
                        "changed": .int(file.changed),
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
            return File(path: path, digest: digest, size: size, changed: changed)
        }
        guard read.count == files.count else { return nil }
        self.init(number: number, revision: revision, label: label, digest: digest, files: read)
    }
}
