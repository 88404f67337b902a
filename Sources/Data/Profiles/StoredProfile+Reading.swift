import Domain

extension StoredProfile {
    static let remedy = "write the profile anew with martlet profile --save"

    /// Reads a stored profile that anybody may have written.
    ///
    /// Throws where it is not one, is of another version, or contradicts itself.
    public init(_ bytes: [UInt8]) throws(DataError) {
        guard bytes.count <= Self.largest else { throw Self.tooLarge }
        let value: JSON
        do throws(JSON.SyntaxError) { value = try JSON(parsing: bytes) } catch {
            let before = bytes.prefix(error.offset)
            let start = (before.lastIndex(of: 0x0A) ?? -1) + 1
            throw DataError(
                error.message, line: before.count { $0 == 0x0A } + 1,
                column: before[start...].count { $0 & 0xC0 != 0x80 } + 1, remedy: Self.remedy)
        }
        try Self.requireFormat(value)
        let root = StoredNode(value: value, path: "")
        let members = try root.members([
            "format", "version", "rows", "data", "nulls", "decimal_mark", "remarks", "columns",
        ])
        guard let rows = try members["rows"]?.count(), let data = members["data"],
            let nulls = try members["nulls"]?.texts(),
            let mark = members["decimal_mark"], let remarks = try members["remarks"]?.texts(),
            let columns = members["columns"]
        else { throw root.fault("a field is missing") }
        guard let byte = try Self.marks[mark.text()] else { throw mark.fault("expected '.' or ','") }
        self.init(
            try Self.table(columns, rows: rows, remarks: remarks), sources: try Self.sources(data),
            options: TableOptions(nullSpellings: nulls, decimalMark: byte))
    }

    private static let marks = [".": UInt8(ascii: "."), ",": UInt8(ascii: ",")]

    private static func requireFormat(_ value: JSON) throws(DataError) {
        guard value["format"]?.string == format else {
            let isPrinted = value["format"] == nil && value["rows"] != nil && value["columns"] != nil
            throw DataError(
                isPrinted
                    ? "this is what `martlet profile` prints, which is not enough to compare with"
                    : "expected a stored profile, whose `format` is \"\(format)\"",
                remedy: "write one with martlet profile FILE --save PATH")
        }
        guard value["version"] == .int(version) else {
            let found = value["version"].map { Excerpt.line($0.text()) } ?? "missing"
            throw DataError(
                "the version of the stored profile is \(found), expected \(version)",
                remedy: "write the profile anew with this Martlet, or use the Martlet that wrote it")
        }
    }

    private static func sources(_ data: StoredNode) throws(DataError) -> [Source] {
        var sources: [Source] = []
        for (place, item) in try data.items().enumerated() {
            let node = StoredNode(value: item, path: "\(data.path)[\(place)]")
            let members = try node.members(["sha256", "size"])
            guard let text = try members["sha256"]?.text(), let digest = Digest(text),
                let size = members["size"]?.value.int,
                size >= 0
            else { throw node.fault("expected the sha256 of a file and its size") }
            sources.append(Source(sha256: digest, size: size))
        }
        return sources
    }

    private static func table(_ node: StoredNode, rows: Int, remarks: [String]) throws(DataError) -> TableProfile {
        guard let members = node.value.members else { throw node.fault("expected an object") }
        var names: [String] = [], unread: [String] = [], columns: [ColumnProfile] = []
        var seen: Set<ExactText> = []
        for member in members {
            let column = StoredColumn(node.child(member.key, member.value), name: member.key, rows: rows)
            guard seen.insert(ExactText(member.key)).inserted else { throw column.node.fault("the column comes twice") }
            names.append(member.key)
            if let profile = try column.profile() { columns.append(profile) } else { unread.append(member.key) }
        }
        return TableProfile(
            rows: rows, columns: columns, names: names, exactLimit: ProfileOptions().exactLimit,
            remarks: TableRemarks(unread: unread, sentences: remarks))
    }
}
