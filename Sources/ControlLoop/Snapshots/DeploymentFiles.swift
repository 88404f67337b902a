import Domain

/// Reads the deployments that a history passes by, from the newest commit to the oldest.
///
/// What a commit found in a file is what an older one left there: each file's content is parsed once.
struct DeploymentFiles {
    private struct Content: Hashable {
        let path: String
        let blob: ObjectID
    }

    private let reader: any ObjectReader
    let language: any ManifestLanguage
    private var found: [Content: Deployment?] = [:]

    init(_ reader: any ObjectReader, _ language: any ManifestLanguage) {
        self.reader = reader
        self.language = language
    }

    /// What a commit found in the file; `nil` where that was no deployment that can be read.
    mutating func old(_ entry: TreeEntry?, _ path: String) throws -> Deployment? {
        guard let entry else { return nil }
        let deployment = try read(entry, path)
        found[Content(path: path, blob: entry.id)] = .some(deployment)
        return deployment
    }

    /// What a commit left in the file.
    mutating func new(_ entry: TreeEntry?, _ path: String) throws -> Deployment? {
        guard let entry else { return nil }
        return try found.removeValue(forKey: Content(path: path, blob: entry.id)) ?? read(entry, path)
    }

    private func read(_ entry: TreeEntry, _ path: String) throws -> Deployment? {
        guard entry.mode == .file || entry.mode == .executable, let place = ManifestPlace(path: path) else {
            return nil
        }
        let file = try ParsedFile.read(place, entry, reader, language)
        return file.hasErrors ? nil : file.deployment
    }
}
