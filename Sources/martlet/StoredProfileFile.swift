import Data
import Domain
import Glibc

/// Stored profiles that the user names on the command line.
enum StoredProfileFile {
    /// The one in a file; `nil` where that is a table.
    static func read(_ file: String) throws(CouldNot) -> StoredProfile? {
        do throws(DataError) { return try StoredProfile(file: file) } catch {
            throw CouldNot(message: TableFile.told(error, file))
        }
    }

    /// How the tables of the stored profiles among some files were read; `nil` where there are none. Throws where that differs.
    static func options(of files: [String]) throws(CouldNot) -> TableOptions? {
        var first: (file: String, options: TableOptions)?
        for file in files {
            guard let options = try read(file)?.options else { continue }
            if let first, first.options != options {
                throw CouldNot(
                    message:
                        "\(file): made with another --null or --decimal than \(first.file); profile their tables alike")
            }
            first = first ?? (file, options)
        }
        return first?.options
    }

    /// Keeps what is needed of `profile`, which is of `files`, and returns where it was written and what was kept.
    ///
    /// In a folder it gets its SHA-256 as its name. Only another stored profile is overwritten.
    static func write(
        _ profile: TableProfile, of files: [String], _ options: TableOptions, to place: String
    ) throws -> String {
        var sources: [StoredProfile.Source] = []
        for file in files { sources += try read(file)?.sources ?? [source(file)] }
        let stored = StoredProfile(of: profile, sources: sources, options: options)
        let bytes: [UInt8]
        do throws(DataError) { bytes = try stored.bytes() } catch {
            throw CouldNot(message: TableFile.told(error, place))
        }
        let path = isFolder(place) ? "\(place)/\(SHA256.digest(of: bytes).digits).json" : place
        if LocalFile.exists(path), (try? StoredProfile(file: path)) ?? nil == nil {
            throw WrongUse("\(path) is there already, and is no stored profile; give --save another name")
        }
        let beside = "\(path).new"
        try LocalFile.write(bytes, to: beside, replacing: true)
        guard rename(beside, path) == 0 else { throw FileFailure(path: path) }
        return "\(path): \(bytes.count) bytes, \(described(stored))"
    }

    /// What a stored profile is of, and how much of it is kept.
    static func described(_ stored: StoredProfile) -> String {
        let (columns, summaries) = (stored.profile.columns.count, stored.condensedColumns)
        let kept =
            summaries.isEmpty
            ? "all values of \(columns) columns"
            : "all values of \(columns - summaries.count) columns, summaries of \(summaries.count)"
        let data = stored.sources.prefix(3).map { String($0.sha256.description.prefix(19)) + "…" }
        let more = stored.sources.count > 3 ? " and \(stored.sources.count - 3) more" : ""
        return "\(stored.profile.rows) rows of \(data.joined(separator: ", "))\(more); \(kept)"
    }

    private static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    private static func source(_ path: String) throws -> StoredProfile.Source {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: path) }
        defer { close(descriptor) }
        var hash = SHA256(), size = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(path: path) }
            if count == 0 { return StoredProfile.Source(sha256: hash.finish(), size: size) }
            hash.update(buffer[..<count])
            size += count
        }
    }
}
