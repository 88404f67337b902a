/// Which file of a model repository holds which manifest.
///
/// The path alone says kind and name, so that a change is understood without reading what did not change.
public enum ManifestPath {
    /// What lives at `path`; `nil` where that is no manifest.
    ///
    /// Works on the bytes: it is asked about every file of a repository.
    public static func kind(of path: String) -> (kind: String, name: String, environment: String?)? {
        var path = path
        return path.withUTF8 { kind(of: $0) }
    }

    /// Where a manifest lives; `environment` is needed for a deployment only.
    public static func path(ofKind kind: String, name: String, environment: String? = nil) -> String? {
        switch kind {
        case RepositorySettings.kind: RepositorySettings.file
        case Model.kind: "models/\(name)/model.yaml"
        case Schema.kind: "models/\(name)/schema.yaml"
        case Dataset.kind: Dataset.path(of: name)
        case Gate.kind: "gates/\(name).yaml"
        case ManualEvidence.kind: "evidence/\(name).yaml"
        case Waiver.kind: "waivers/\(name).yaml"
        case Environment.kind: Snapshot.file(ofEnvironment: name)
        case Deployment.kind: environment.map { "environments/\($0)/\(name).yaml" }
        default: nil
        }
    }

    /// Whether a model of that valid name can be deployed: other files of an environment's folder have names of their own.
    public static func isDeployable(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { !equal($0, "environment") && !isForeign($0) }
    }

    /// Whether a folder of this path holds nothing but manifests, or the folders of models.
    public static func isFolder(_ path: String) -> Bool {
        guard path.utf8.count(where: { $0 == UInt8(ascii: "/") }) < 2 else { return false }
        let parts = path.pathParts(keepingEmpty: true)
        return parts.count == 1 && folders.contains(path)
            || parts.count == 2 && parts[0] == "environments" && ManifestName.isValid(String(parts[1]))
    }

    /// Whether manifests may lie below a folder of this path.
    public static func isInFolder(_ path: String) -> Bool {
        folders.contains(String(path.pathParts(most: 2).first ?? ""))
    }

    private static let folders: Set = ["models", "data", "gates", "environments", "evidence", "waivers"]

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private static func kind(of path: Bytes) -> (kind: String, name: String, environment: String?)? {
        guard path.count > 5, ends(path, with: ".yaml") else { return nil }
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else {
            return equal(path, "martlet.yaml") ? (RepositorySettings.kind, "martlet", nil) : nil
        }
        let folder = Bytes(rebasing: path[..<slash]), rest = Bytes(rebasing: path[(slash + 1)...])
        if equal(folder, "environments") { return environmentOrDeployment(rest) }
        if equal(folder, "models") { return modelOrSchema(rest) }
        if equal(folder, "data") { return named(Dataset.kind, rest, without: 5) }
        if equal(folder, "gates") { return named(Gate.kind, rest, without: 5) }
        if equal(folder, "evidence") { return named(ManualEvidence.kind, rest, without: 5) }
        if equal(folder, "waivers") { return named(Waiver.kind, rest, without: 5) }
        return nil
    }

    private static func environmentOrDeployment(_ rest: Bytes) -> (kind: String, name: String, environment: String?)? {
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let environment = Bytes(rebasing: rest[..<slash]), file = Bytes(rebasing: rest[(slash + 1)...])
        guard ManifestName.isSegment(environment) else { return nil }
        if equal(file, "environment.yaml") { return (Environment.kind, text(environment), text(environment)) }
        guard let found = named(Deployment.kind, file, without: 5) else { return nil }
        return (found.kind, found.name, text(environment))
    }

    private static func modelOrSchema(_ rest: Bytes) -> (kind: String, name: String, environment: String?)? {
        if ends(rest, with: "/model.yaml") { return named(Model.kind, rest, without: 11) }
        if ends(rest, with: "/schema.yaml") { return named(Schema.kind, rest, without: 12) }
        return nil
    }

    /// The manifest whose name the path says, once its ending is cut off.
    private static func named(_ kind: String, _ path: Bytes, without ending: Int) -> (
        kind: String, name: String, environment: String?
    )? {
        let name = Bytes(rebasing: path.dropLast(ending))
        return ManifestName.isValid(name) && !isForeign(name) ? (kind, text(name), nil) : nil
    }

    /// Files of other tools that live beside manifests.
    private static func isForeign(_ name: Bytes) -> Bool {
        isLast("dvc", of: name) || isLast("params", of: name) || isLast("kustomization", of: name)
    }

    /// Whether the part after the last slash is that word.
    private static func isLast(_ word: StaticString, of name: Bytes) -> Bool {
        let before = name.count - word.utf8CodeUnitCount - 1
        return ends(name, with: word) && (before < 0 || name[before] == UInt8(ascii: "/"))
    }

    private static func text(_ bytes: Bytes) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func equal(_ bytes: Bytes, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && ends(bytes, with: word)
    }

    private static func ends(_ bytes: Bytes, with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count, let base = bytes.baseAddress else { return false }
        let (end, word) = (base + (bytes.count - count), word.utf8Start)
        for offset in 0..<count where end[offset] != word[offset] { return false }
        return true
    }
}
