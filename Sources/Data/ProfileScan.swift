/// How blocks of one pass are to be read.
struct ProfileScan: Sendable {
    let format: TextFormat
    var dialect: CSVDialect
    let nulls: [[UInt8]]
    let textColumns: Set<String>
    var names: [String] = []
    var readings: [BlockColumn.Reading] = []

    init(_ format: TextFormat, _ options: ProfileOptions) {
        self.format = format
        dialect = options.table.dialect ?? .comma
        nulls = options.table.nullSpellings.filter { !$0.isEmpty }.map { Array($0.utf8) }
        textColumns = options.textColumns
    }

    /// Of a column that has just been found.
    func firstReading(of name: String) -> BlockColumn.Reading { textColumns.contains(name) ? .texts : .numbers }

    mutating func learn(_ found: some Sequence<String>) {
        for name in found {
            names.append(name)
            readings.append(firstReading(of: name))
        }
    }

    func read(_ block: inout ProfileBlock, isFirst: Bool) {
        block.reset(names: names)
        switch format {
        case .csv: block.scanCSV(self, isFirst: isFirst)
        case .jsonLines: block.scanJSONLines(self)
        }
    }

    /// The readings of a block's columns, of which the last ones may be new.
    func readings(of found: [String]) -> [BlockColumn.Reading] {
        readings + found.dropFirst(readings.count).map { firstReading(of: $0) }
    }
}
