import Data
import Domain

extension Subject {
    /// A file of the version that the manifest names, or the gate. Throws ``MissingEvidence`` where it is not there.
    func evidence(_ path: String, _ what: String, namedBy source: String = "model.yaml") async throws -> Content {
        guard let content = try await tools.file(version, path) else {
            throw MissingEvidence(
                "\(what): \(path) is named in \(source) and not in the version; commit it", file: path)
        }
        return content
    }

    /// A file of the repository at a commit, `nil` where there is none. Throws where it is too large to be source code.
    func source(_ path: String, at revision: ObjectID) async throws -> [UInt8]? {
        try await tools.store.read { reader in
            guard let entry = try reader.entry(at: path, in: reader.commit(revision).tree), entry.mode != .tree,
                entry.mode != .submodule
            else { return nil }
            return try reader.blob(entry.id, atMost: 4 << 20)
        }
    }

    /// A small table that the manifest names.
    func runTable(_ path: String, _ what: String) async throws -> RunTable {
        let content = try await evidence(path, what)
        do throws(Malformed) { return try RunTable(content, path: path) } catch {
            throw MissingEvidence("\(what): \(path) cannot be read: \(error)", file: path)
        }
    }
}

extension RunTable {
    /// The column of that name, or the first of `names` that is there.
    func column(_ named: String?, or names: [String], in path: String) throws(MissingEvidence) -> String {
        if let named {
            guard columns.contains(named) else {
                throw MissingEvidence("\(path) has no column '\(named)'; it has \(columns.listed())", file: path)
            }
            return named
        }
        guard let found = names.first(where: columns.contains) else {
            throw MissingEvidence(
                "\(path) has none of the columns \(names.listed()); it has \(columns.listed())", file: path)
        }
        return found
    }
}

extension Sequence<String> {
    /// The first `limit` of the words, with commas, and how many more there are.
    func listed(_ limit: Int = 8) -> String {
        let words = Array(self)
        let rest = words.count > limit ? " and \(words.count - limit) more" : ""
        return words.prefix(limit).joined(separator: ", ") + rest
    }
}
