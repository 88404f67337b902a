import Domain

/// How blocks of one pass are to be read.
struct ProfileScan: Sendable {
    let format: TextFormat
    var dialect: CSVDialect
    let nulls: [[UInt8]]
    let textColumns: Set<String>
    private(set) var names: [String] = []
    private var known: Set<ExactText> = []
    var readings: [BlockColumn.Reading] = []

    init(_ format: TextFormat, _ options: ProfileOptions) {
        self.format = format
        dialect = options.table.dialect ?? .comma
        nulls = options.table.nullSpellings.filter { !$0.isEmpty }.map { Array($0.utf8) }
        textColumns = options.textColumns
    }

    /// Of a column that has just been found.
    func firstReading(of name: String) -> BlockColumn.Reading { textColumns.contains(name) ? .texts : .numbers }

    /// Adds the names of a block that are new. Those of delimited text mostly are the same in each.
    mutating func learn(_ found: [String]) {
        if found.count == names.count, isStart(found) { return }
        for name in found where known.insert(ExactText(name)).inserted {
            names.append(name)
            readings.append(firstReading(of: name))
        }
    }

    /// Where each column stands in a block that found these names; `nil` where it lacks the column.
    func places(in found: [String]) -> [Int?] {
        if isStart(found) { return names.indices.map { $0 < found.count ? $0 : nil } }
        let places = Dictionary(found.enumerated().map { (ExactText($1), $0) }) { first, _ in first }
        return names.map { places[ExactText($0)] }
    }

    private func isStart(_ found: [String]) -> Bool {
        found.count <= names.count && zip(found, names).allSatisfy { $0.hasBytes(of: $1) }
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
