/// What a model version depends on, by path: its datasets' manifests and what these name in the repository, and files of its folder that pin its surroundings.
public enum ModelDependencies {
    /// The check that looks at them; its setting `locks` names further files.
    public static let check = "monitor.dependencies"

    /// Files that pin what a model was made with and runs in.
    public static let locks = [
        "requirements.txt", "requirements.lock", "conda-lock.yml", "uv.lock", "poetry.lock", "Dockerfile",
    ]

    private static let terms = ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"]

    /// The blob of each that is there.
    ///
    /// - Parameter schema: The schema's file, as the model's manifest names it.
    public static func blobs(
        of version: ModelVersion, schema: String?, locks: [String], _ reader: any ObjectReader
    ) throws -> [String: ObjectID] {
        var blobs = version.data
        for path in locks + terms + [schema].compactMap(\.self) {
            if let entry = try reader.entry(at: path, in: version.tree), entry.mode != .tree { blobs[path] = entry.id }
        }
        return blobs
    }

    /// The paths at which two versions differ, sorted.
    public static func differences(_ one: [String: ObjectID], _ other: [String: ObjectID]) -> [String] {
        Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
    }
}
