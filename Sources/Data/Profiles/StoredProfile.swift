public import Domain

/// What a table is like, small enough to lie in Git: all that a comparison with another table needs.
///
/// Columns of few different values have all of them with their counts, and give the figures that the table itself gives. Others have
/// a `NumberSummary`, or the heaviest texts and `TextGroups`, and say by how much they may be off; the registers of a `HyperLogLog`
/// tell how many different values they and those of another profile have together.
public struct StoredProfile: Sendable {
    /// The bytes of one file that the profile is of.
    public struct Source: Hashable, Sendable {
        public let sha256: Digest
        public let size: Int

        public init(sha256: Digest, size: Int) {
            self.sha256 = sha256
            self.size = size
        }
    }

    static let format = "martlet-profile"
    static let version = 1

    /// The largest file that is read or written.
    public static let largest = 16 << 20

    /// The files that it is of, in their order.
    public let sources: [Source]

    /// How they were read.
    public let options: TableOptions

    /// With what is kept of each column.
    public let profile: TableProfile

    /// Keeps of `profile`, which is of `sources` read with `options`, what fits.
    public init(of profile: TableProfile, sources: [Source], options: TableOptions = TableOptions()) {
        let limits = Limits(columns: profile.columns.count)
        self.init(
            TableProfile(
                rows: profile.rows, columns: profile.columns.map { $0.condensed(limits) }, names: profile.names,
                exactLimit: profile.exactLimit, remarks: profile.remarks),
            sources: sources, options: options)
    }

    /// What was read.
    init(_ profile: TableProfile, sources: [Source], options: TableOptions) {
        self.profile = profile
        self.sources = sources
        self.options = options
    }

    /// How much is kept of each column: less where there are many, so that no profile is much larger than 4 MiB.
    struct Limits {
        /// No column has more values, the steps of a summary among them.
        static let most = 16_384

        /// Different values up to which all are kept.
        let exact: Int

        init(columns: Int) { exact = min(10_000, max(512, 262_144 / max(1, columns))) }

        /// Steps of a summary, and texts that are counted one by one beside groups.
        var steps: Int { min(4096, exact) }

        /// Registers for the number of different values, as a power of two: no more than steps.
        var precision: Int { Int.bitWidth - 1 - steps.leadingZeroBitCount }

        /// Bytes of such texts.
        var textBytes: Int { exact * 32 }
    }

    /// Names of columns that hold less than all of their values.
    public var condensedColumns: [String] { profile.columns.filter { !$0.exact }.map(\.name) }

    /// The profile as one of a table of which `options` leave out columns.
    public func profile(for options: ProfileOptions) -> TableProfile {
        if options.skippedColumns.isEmpty { return profile }
        return TableProfile(
            rows: profile.rows,
            columns: profile.columns.filter { !options.skippedColumns.contains(ExactText($0.name)) },
            names: profile.names, exactLimit: profile.exactLimit, remarks: profile.remarks)
    }
}

extension StoredProfile {
    /// The stored profile in a file; `nil` where the file does not begin as one, and so is a table.
    public init?(file path: String) throws(DataError) {
        let file = try FileSource(path: path)
        guard Self.begins(try file.bytes(at: 0, count: 512)) else { return nil }
        guard let size = file.size, size <= Self.largest else { throw Self.tooLarge }
        try self.init(try file.bytes(at: 0, count: size))
    }

    static let tooLarge = DataError(
        "the profile is larger than \(largest >> 20) MiB",
        remedy: "profile fewer columns, or compare with the table itself")

    /// Whether a file that begins so is, or is meant as, a stored profile: also one whose format is not known, and what `profile`
    /// prints, so that neither is read as a table.
    static func begins(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard text.first == UInt8(ascii: "{") else { return false }
        let plain = text.dropFirst().filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        if plain.starts(with: #""format":"martlet"#.utf8) { return true }
        let printed = #""rows":"#.utf8
        guard plain.starts(with: printed) else { return false }
        let rest = plain.dropFirst(printed.count).drop { $0 &- 0x30 < 10 }
        return rest.starts(with: #","columns":{"#.utf8)
    }
}
