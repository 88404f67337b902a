import Data
import Domain

extension Subject {
    /// The stored profile that a dataset names, from Git as the version has it. It stands in for the table always, not only where that
    /// cannot be had, so that the same version has the same evidence everywhere.
    ///
    /// Throws where it is missing, cannot be read, is not of the dataset's bytes, or was read otherwise.
    func storedProfile(of name: String, _ dataset: Dataset) async throws -> TableProfile {
        let path = dataset.profilePath(as: name) ?? ""
        guard let blob = version.data[path] else {
            throw MissingEvidence(
                "\(Dataset.path(of: name)) names the profile \(path), but there is no such file", file: path)
        }
        guard try await tools.store.read({ try $0.size(ofBlob: blob) }) <= StoredProfile.largest else {
            throw MissingEvidence(
                "\(path) is larger than \(StoredProfile.largest >> 20) MiB; profile fewer columns", file: path)
        }
        let stored: StoredProfile
        do {
            stored = try StoredProfile(await tools.store.read { try $0.blob(blob, atMost: StoredProfile.largest) })
        } catch let error as DataError {
            throw MissingEvidence("\(path): \(error)", file: path, line: error.line)
        }
        let digests = stored.sources.map(\.sha256)
        guard let digest = dataset.pointer.sha256, digests == [digest] else {
            let found = digests.count == 1 ? digests[0].description : "\(digests.count) files"
            throw MissingEvidence(
                "\(path) is a profile of \(found), but the dataset is \(dataset.pointer.sha256?.description ?? "unknown"); "
                    + "write it anew with martlet profile --save", file: path)
        }
        guard Set(stored.options.nullSpellings) == Set(dataset.nulls) else {
            let nulls = dataset.nulls.map { " --null '\(Excerpt.line($0))'" }.joined()
            throw MissingEvidence(
                "\(path) was read with other nulls than \(Dataset.path(of: name)) says; write it anew with martlet "
                    + "profile\(nulls) --save", file: path)
        }
        return stored.profile
    }
}
