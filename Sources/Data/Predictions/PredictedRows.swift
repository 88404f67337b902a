public import Domain

/// Predictions held against the table of the rows that they predict: which of these they have, and whether their labels are the
/// table's own.
///
/// Rows are found by id where both have one, of a ranking with their query; else by their place, where there are as many. An id that
/// stands in the table twice tells nothing of a label.
public struct PredictedRows: Hashable, Sendable {
    /// The columns of the table; `nil` where it has none such.
    public struct Columns: Hashable, Sendable {
        public var id: String?
        public var label: String?
        public var query: String?

        public init(id: String? = nil, label: String? = nil, query: String? = nil) {
            self.id = id
            self.label = label
            self.query = query
        }

        /// What to read of them for a model of `task`.
        public func requests(for task: ModelTask) -> [ColumnRequest] {
            let isNumber = task == .regression || task == .ranking
            let wanted = [
                id.map { ColumnRequest($0, .text) }, label.map { ColumnRequest($0, isNumber ? .any : .text) },
                query.map { ColumnRequest($0, .text) },
            ]
            var names = Set<ExactText>()
            return wanted.compactMap(\.self).filter { names.insert(ExactText($0.name)).inserted }
        }
    }

    /// Rows of the predictions that the table contradicts.
    public struct Contradiction: Hashable, Sendable {
        public let count: Int
        /// The first of them, from 0, with its id where it has one.
        public let first: Int
        public let id: String?
        /// What the predictions say there, and the table; `nil` where it is the id that the table lacks.
        public let said: String?
        public let known: String?
    }

    /// How many rows the table has that can be told apart.
    public let rows: Int
    /// How many of them are predicted.
    public let covered: Int
    public let isByID: Bool
    /// Rows whose id the table lacks.
    public private(set) var strangers: Contradiction?
    /// Rows with another label, or by place of another query, than the table's.
    public private(set) var otherLabels: Contradiction?
    /// How many labels were compared.
    public private(set) var compared = 0
    /// Whether labels are spelled otherwise than the table's, and were held against what most rows of such a label have.
    public private(set) var isTranslated = false

    /// `nil` where rows can be found neither by id nor by place.
    public init?(_ predictions: Predictions, in table: Table, _ columns: Columns) {
        var places: [Int32]
        var isRepeated: [Bool] = []
        if let match = IDMatch(predictions, table, columns) {
            (isByID, places, isRepeated) = (true, match.places, match.isRepeated)
            (rows, covered) = (match.rows, match.covered)
            let lost = places.indices.filter { places[$0] < 0 }
            strangers = lost.first.map {
                Contradiction(count: lost.count, first: $0, id: predictions.ids?[$0], said: nil, known: nil)
            }
        } else {
            guard columns.label != nil, table.rowCount == predictions.rowCount else { return nil }
            (isByID, rows, covered) = (false, table.rowCount, table.rowCount)
            places = (0..<Int32(table.rowCount)).map { $0 }
        }
        for row in places.indices where places[row] >= 0 && !isRepeated.isEmpty && isRepeated[Int(places[row])] {
            places[row] = -1
        }
        if let name = columns.label, let column = table[name], let labels = LabelMatch(predictions, column, places) {
            (compared, isTranslated) = (labels.compared, labels.isTranslated)
            otherLabels = labels.first.map {
                Contradiction(
                    count: labels.count, first: $0, id: predictions.ids?[$0], said: labels.said, known: labels.known)
            }
        }
        compareQueries(predictions, table, columns)
    }

    /// By place only: an id is looked up with its query.
    private mutating func compareQueries(_ predictions: Predictions, _ table: Table, _ columns: Columns) {
        guard !isByID, otherLabels == nil, case .ranking(let rows) = predictions.values,
            let known = columns.query.flatMap({ table[$0]?.spelled })
        else { return }
        let said = TextColumn(rows.queries)
        let different = (0..<predictions.rowCount).filter { row in
            guard let one = said[row], let other = known[row] else { return said[row] != known[row] }
            return !ClassLabel.areSame(one, other, isBinary: false)
        }
        otherLabels = different.first.map {
            Contradiction(
                count: different.count, first: $0, id: predictions.ids?[$0], said: said[$0] ?? "", known: known[$0])
        }
    }
}

/// The rows of a table by the ids of predictions.
private struct IDMatch {
    /// For each prediction the row of the table, or -1.
    let places: [Int32]
    /// For each row of the table whether another has its id.
    let isRepeated: [Bool]
    let rows: Int
    let covered: Int

    /// `nil` where one of the two has no ids. Spellings of numbers are seen as one only where bytes do not match.
    init?(_ predictions: Predictions, _ table: Table, _ columns: PredictedRows.Columns) {
        guard let ids = predictions.ids, let name = columns.id, let known = table[name]?.spelled else { return nil }
        var (mine, theirs) = ([ids], [known])
        if case .ranking(let rows) = predictions.values, let queries = columns.query.flatMap({ table[$0]?.spelled }) {
            mine.insert(TextColumn(rows.queries), at: 0)
            theirs.insert(queries, at: 0)
        }
        var best = Self.match(Self.joined(mine), Self.joined(theirs))
        if best.found < predictions.rowCount {
            let loose = Self.match(Self.joined(mine.map(\.canonical)), Self.joined(theirs.map(\.canonical)))
            if loose.found > best.found { best = loose }
        }
        (places, isRepeated, rows, covered) = (best.places, best.isRepeated, best.rows, best.covered)
    }

    private static func joined(_ columns: [TextColumn]) -> TextColumn {
        columns.count == 2 ? TextColumn(columns[0], columns[1]) : columns[0]
    }

    private static func match(
        _ mine: TextColumn, _ theirs: TextColumn
    ) -> (places: [Int32], isRepeated: [Bool], rows: Int, covered: Int, found: Int) {
        var first = Array(repeating: Int32(-1), count: theirs.dictionary.count)
        var isRepeated = Array(repeating: false, count: theirs.codes.count)
        var nulls = 0
        for (row, code) in theirs.codes.enumerated() {
            if code < 0 {
                nulls += 1
            } else if first[Int(code)] < 0 {
                first[Int(code)] = Int32(row)
            } else {
                isRepeated[Int(first[Int(code)])] = true
            }
        }
        let found = (0..<mine.dictionary.count).map { code in
            mine.dictionary.withBytes(of: code) { theirs.dictionary.existingCode(of: $0) }.map { first[Int($0)] } ?? -1
        }
        let places = mine.codes.map { $0 < 0 ? -1 : found[Int($0)] }
        var isCovered = Array(repeating: false, count: theirs.codes.count)
        for place in places where place >= 0 { isCovered[Int(place)] = true }
        return (
            places, isRepeated, theirs.dictionary.count + nulls, isCovered.count { $0 }, places.count { $0 >= 0 }
        )
    }
}

/// The labels of predictions beside those of a table.
private struct LabelMatch {
    private(set) var compared = 0
    private(set) var count = 0
    /// The first row that differs.
    private(set) var first: Int?
    private(set) var said: String?
    private(set) var known: String?
    private(set) var isTranslated = false

    /// What is written with seven digits, or was a 32-bit number, is the same number.
    private static let tolerance = 1e-6

    /// `nil` where the column's values cannot be labels of the task.
    init?(_ predictions: Predictions, _ column: TableColumn, _ places: [Int32]) {
        switch predictions.values {
        case .binary(let rows):
            guard let texts = column.spelled else { return nil }
            let names = texts.dictionary.texts, positive = predictions.columns.positiveLabel
            var labels = BinaryLabels(positive: positive)
            var isNamed = false
            if let positive, let negative = rows.negative {
                let both = BinaryLabels(positive: positive, negative: negative)
                isNamed = both.areBoth(among: names)
                if isNamed { labels = both }
            }
            let meaning =
                labels.lacksPositive(names) ? [] : names.map { labels.value(of: $0).map(Int32.init) ?? -1 }
            // Beside both labels a third text says nothing; what differs may be spelled otherwise, and is for a person.
            let isMixed = meaning.contains(-1)
            let isPlain = isNamed || positive == nil && meaning.contains(0) && meaning.contains(1)
            // The data has other names than 0 and 1, and the predictions these: theirs need not mean the same.
            let isOther =
                !isNamed && positive.flatMap(ClassLabel.binary) != nil
                && names.contains { ClassLabel.binary($0) == nil }
            compare(
                rows.labels.map(Int32.init), ["0", "1"], texts, isMixed && !isPlain || isOther ? [] : meaning, places,
                skipsUnknown: isPlain)
            if isMixed { isTranslated = true }
        case .multiclass(let rows):
            guard let texts = column.spelled else { return nil }
            let index = Dictionary(rows.classes.enumerated().map { (ExactText($1), Int32($0)) }) { one, _ in one }
            let meaning = texts.dictionary.texts.map { index[ExactText(ClassLabel.canonical($0))] ?? -1 }
            let isKnown = meaning.contains { $0 >= 0 } && !Self.isRenumbered(rows, texts, meaning, places)
            compare(rows.labels, rows.classes, texts, isKnown ? meaning : [], places)
        case .regression(let rows): guard compare(rows.labels, column, places) else { return nil }
        case .ranking(let rows): guard compare(rows.relevances, column, places) else { return nil }
        }
    }

    /// - Parameter meaning: Of each text of the table the class, -1 for one that no prediction has; empty where none is spelled so.
    private mutating func compare(
        _ mine: [Int32], _ names: [String], _ theirs: TextColumn, _ meaning: [Int32], _ places: [Int32],
        skipsUnknown: Bool = false
    ) {
        isTranslated = meaning.isEmpty
        let meaning = isTranslated ? Self.distinct(Self.usual(mine, theirs, places), theirs, places) : meaning
        for (row, place) in places.enumerated() where place >= 0 {
            let code = theirs.codes[Int(place)]
            guard code >= 0, !(skipsUnknown && meaning[Int(code)] < 0) else { continue }
            compared += 1
            if meaning[Int(code)] != mine[row] {
                note(row, names[Int(mine[row])], theirs.dictionary[Int(code)])
            }
        }
    }

    /// Where all labels of the table would be one class of the predictions, only the most frequent is.
    private static func distinct(_ usual: [Int32], _ theirs: TextColumn, _ places: [Int32]) -> [Int32] {
        guard Set(usual.filter { $0 >= 0 }).count == 1 else { return usual }
        var counts = Array(repeating: 0, count: usual.count)
        for place in places where place >= 0 && theirs.codes[Int(place)] >= 0 {
            counts[Int(theirs.codes[Int(place)])] += 1
        }
        guard let most = counts.indices.max(by: { (counts[$0], $1) < (counts[$1], $0) }) else { return usual }
        return usual.indices.map { $0 == most ? usual[$0] : -1 }
    }

    /// Whether both have a class that the other lacks, and each of the table's is another of the predictions' in every row, as where one
    /// counts from 0 and the other from 1.
    private static func isRenumbered(
        _ rows: MulticlassRows, _ theirs: TextColumn, _ meaning: [Int32], _ places: [Int32]
    ) -> Bool {
        guard meaning.contains(-1), Set(meaning.filter { $0 >= 0 }).count < rows.classes.count else { return false }
        let usual = usual(rows.labels, theirs, places), used = usual.filter { $0 >= 0 }
        // Where one name stands for the same, the others do, too.
        guard Set(used).count == used.count, !zip(meaning, usual).contains(where: { $0 >= 0 && $0 == $1 }) else {
            return false
        }
        return places.enumerated().allSatisfy { row, place in
            guard place >= 0, theirs.codes[Int(place)] >= 0 else { return true }
            return usual[Int(theirs.codes[Int(place)])] == rows.labels[row]
        }
    }

    /// What most rows with a label of the table have.
    private static func usual(_ mine: [Int32], _ theirs: TextColumn, _ places: [Int32]) -> [Int32] {
        var counts = Array(repeating: [Int32: Int](), count: theirs.dictionary.count)
        for (row, place) in places.enumerated() where place >= 0 {
            let code = theirs.codes[Int(place)]
            if code >= 0 { counts[Int(code)][mine[row], default: 0] += 1 }
        }
        return counts.map { $0.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? -1 }
    }

    private mutating func compare(_ mine: [Double], _ column: TableColumn, _ places: [Int32]) -> Bool {
        guard let theirs = column.readNumbers else { return false }
        let unit = Self.lastPlace(of: mine)
        for (row, place) in places.enumerated() where place >= 0 {
            let (said, known) = (mine[row], theirs[Int(place)])
            if known.isNaN { continue }
            compared += 1
            let largest = max(abs(said), abs(known))
            let margin = max(Self.tolerance * largest, 0.5000001 * unit)
            guard said != known, !(abs(said - known) <= margin) || !largest.isFinite else { continue }
            note(row, "\(said)", "\(known)")
        }
        return true
    }

    /// The value of the last decimal place where all numbers are written with one to six; 0 for whole numbers, and for others.
    private static func lastPlace(of numbers: [Double]) -> Double {
        let powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6]
        func fits(_ power: Double) -> Bool {
            numbers.allSatisfy { abs(($0 * power).rounded() - $0 * power) <= 1e-9 * max(1, abs($0 * power)) }
        }
        guard let power = powers.first(where: fits), power > 1 else { return 0 }
        return 1 / power
    }

    private mutating func note(_ row: Int, _ said: String, _ known: String) {
        count += 1
        guard first == nil else { return }
        (first, self.said, self.known) = (row, said, known)
    }
}

extension TableColumn {
    /// As texts, which numbers of Parquet become, too.
    fileprivate var spelled: TextColumn? { (try? converted(to: .text))?.texts }

    /// As numbers, NaN for what is none; `nil` where none is.
    fileprivate var readNumbers: [Double]? {
        guard let texts else { return numbers?.values }
        let known = (0..<texts.dictionary.count).map { code in
            texts.dictionary.withBytes(of: code) { DecimalNumber.parse($0) } ?? .nan
        }
        guard known.contains(where: { !$0.isNaN }) else { return nil }
        return texts.codes.map { $0 < 0 ? .nan : known[Int($0)] }
    }
}
