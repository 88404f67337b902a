/// `data/NAME.yaml`: a pointer to data that never changes.
public struct Dataset: Hashable, Sendable, FieldGroup {
    public static let kind = "Dataset"

    public var pointer: ArtifactPointer
    public var format: TableFormat
    /// What counts as no value, besides an empty field.
    public var nulls: [String]
    /// Of delimited text.
    public var decimal: DecimalMark
    public var rows: Int?
    /// Its stored profile in Git, which stands in for the table where distributions are compared.
    public var profile: String?
    public var description: String?

    public init(_ fields: Fields) throws(FieldErrors) {
        let path: String? = fields.optional(
            "path", "the file, relative to the manifest: the bytes, a Git LFS pointer or a .dvc file")
        let uri: String? = fields.optional("uri", "where it can be fetched: file:// or https://")
        let sha256: Digest? = fields.optional("sha256", "the SHA-256 of the bytes")
        let size: Int? = fields.optional("size", within: .atLeast(0), "the number of bytes")
        pointer = ArtifactPointer(path: path, uri: uri, sha256: sha256, size: size)
        fields.expectOne(of: "path", or: "uri", "a path or a uri", hint: "path: eval.csv")
        if uri != nil, fields.lacks("sha256") {
            fields.complain(about: "uri", "a uri needs its sha256, so that what it points to cannot change")
        }
        format = fields.value("format", default: .csv, "how the table is written")
        nulls = fields.value("nulls", default: [], "what counts as no value, besides an empty field")
        decimal = fields.value(
            "decimal", default: .point, "the decimal mark of numbers in delimited text; write \",\" in quotes")
        if decimal != .point, format != .csv {
            fields.complain(about: "decimal", "only of the format csv: in others numbers are written in one way")
        }
        rows = fields.optional("rows", within: .atLeast(0), "how many rows it has")
        profile = fields.optional(
            "profile",
            "a stored profile of it in Git, relative to the manifest, as `martlet profile --save` writes it: with that, "
                + "monitor.data-invariants does not need the table")
        if profile != nil, fields.lacks("sha256") {
            fields.complain(
                about: "profile", "a profile needs the sha256 of the data, so that it is known to be of these bytes")
        }
        description = fields.optional("description", "what it holds, for people")
    }
}

extension Dataset {
    /// Where its manifest lies, from the top of the repository.
    public static func path(of name: String) -> String { "data/\(name).yaml" }

    /// Where its bytes, or what stands for them, may lie beside its manifest, the nearest first. Only Git's ids say whether these are
    /// still the same: the manifest need not give a digest. Where it does, a lock of DVC's, which is of other files too, says no more.
    public func paths(as name: String) -> [String] {
        guard let path = pointer.path else { return [] }
        let folder = Self.folder(of: name)
        let files = ArtifactPointer.files(for: path)
        return (pointer.sha256 == nil ? files : Array(files.prefix(2))).map { "\(folder)/\($0)" }
    }

    /// Where its stored profile lies, from the top of the repository.
    public func profilePath(as name: String) -> String? { profile.map { "\(Self.folder(of: name))/\($0)" } }

    /// All files beside its manifest that it may name.
    public func files(as name: String) -> [String] { paths(as: name) + [profilePath(as: name)].compactMap(\.self) }

    private static func folder(of name: String) -> String {
        path(of: name).pathParts().dropLast().joined(separator: "/")
    }
}

/// What stands between the whole and the fraction of a number.
public enum DecimalMark: String, FieldChoice {
    case point = "."
    case comma = ","

    public var byte: UInt8 { self == .comma ? UInt8(ascii: ",") : UInt8(ascii: ".") }
}

/// How a table is written to disk.
public enum TableFormat: String, FieldChoice {
    case csv, jsonl, parquet
}
