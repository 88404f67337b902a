import Domain

/// The files of a folder that DVC keeps: the content of its `.dir` object.
struct DVCFolder: Hashable {
    struct File: Hashable {
        let md5: String
        let path: String
    }

    /// Sorted by path.
    let files: [File]

    /// A folder of more files is refused.
    static let limit = 100_000

    init(_ bytes: [UInt8], at place: String) throws(ArtifactFailure) {
        guard let items = (try? JSON(parsing: bytes))?.array else {
            throw ArtifactFailure(.invalid, "\(place) is no list of files as DVC writes it")
        }
        guard items.count <= Self.limit else {
            throw ArtifactFailure(.unsupported, "\(place) lists \(items.count) files; at most \(Self.limit) are taken")
        }
        var files: [File] = []
        for item in items {
            guard let md5 = item["md5"]?.string, DVCPointer.isMD5(md5), let path = item["relpath"]?.string else {
                throw ArtifactFailure(.invalid, "\(place): an entry lacks its md5 or relpath")
            }
            guard RelativePath.isSafe(path) else {
                throw ArtifactFailure(.invalid, "\(place): '\(RelativePath.shown(path))' would lead out of the folder")
            }
            files.append(File(md5: md5, path: path))
        }
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        if let (twice, _) = zip(files, files.dropFirst()).first(where: { $0.path == $1.path }) {
            throw ArtifactFailure(.invalid, "\(place) lists '\(twice.path)' twice")
        }
        self.files = files
    }
}
