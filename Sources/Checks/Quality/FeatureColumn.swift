import Data
import Domain

/// A column of a dataset as numbers or as categories, for measures of how it goes with others.
struct FeatureColumn {
    enum Values {
        /// NaN where a row has none.
        case numbers([Double])
        /// Of each row the number of its text, -1 where it has none.
        case codes([Int32])
    }

    let name: String
    let values: Values

    init(name: String, values: Values) {
        self.name = name
        self.values = values
    }

    /// Parquet's numbers may be those that count as no value, `nulls`.
    init(_ column: TableColumn, nulls: Set<Double>) {
        name = column.name
        switch column.values {
        case .numbers(let numbers):
            values = .numbers(nulls.isEmpty ? numbers.values : numbers.values.map { nulls.contains($0) ? .nan : $0 })
        case .texts(let texts): values = .codes(texts.codes)
        }
    }

    var rows: Int {
        switch values {
        case .numbers(let numbers): numbers.count
        case .codes(let codes): codes.count
        }
    }

    /// At most `limit` rows, at equal distances from the first on.
    func thinned(to limit: Int) -> FeatureColumn {
        guard rows > limit else { return self }
        let step = Double(rows) / Double(limit)
        let places = (0..<limit).map { Int(Double($0) * step) }
        let values: Values =
            switch values {
            case .numbers(let numbers): .numbers(places.map { numbers[$0] })
            case .codes(let codes): .codes(places.map { codes[$0] })
            }
        return FeatureColumn(name: name, values: values)
    }

    /// The same; numbers of which there are few different ones, such as 0 and 1, are groups.
    var grouped: FeatureColumn {
        guard case .numbers(let numbers) = values else { return self }
        var codes: [Double: Int32] = [:]
        for number in numbers where !number.isNaN && codes[number] == nil {
            guard codes.count < Self.mostGroups else { return self }
            codes[number] = Int32(codes.count)
        }
        let groups = numbers.map { $0.isNaN ? -1 : codes[$0] ?? -1 }
        return FeatureColumn(name: name, values: .codes(groups))
    }

    /// Groups for a table of counts, -1 where a row has no value: numbers of which there are many in tenths of the rows, by linear
    /// quantiles (type 7), one that equals an edge in the lower tenth.
    var binned: [Int32] {
        switch grouped.values {
        case .codes(let codes): return codes
        case .numbers(let numbers):
            let sorted = SortedValues(of: numbers.filter(\.isFinite))
            let edges = (1..<10).compactMap { sorted.linearQuantile(Double($0) / 10) }
            return numbers.map { number in number.isNaN ? -1 : Int32(edges.count { $0 < number }) }
        }
    }

    /// The same, where missing values are a group of their own if there are enough of them to say something.
    var binnedWithMissing: [Int32] {
        let codes = binned
        guard codes.count(where: { $0 < 0 }) >= Self.leastMissing else { return codes }
        let group = (codes.max() ?? -1) + 1
        return codes.map { $0 < 0 ? group : $0 }
    }

    private static let leastMissing = 10
    private static let mostGroups = 20
    private static let leastKnown = 20

    /// How often the value comes that comes in more than half of the rows, if there is one; missing ones count as one value.
    var majority: Int? {
        switch values {
        case .numbers(let numbers):
            Self.majority(numbers.map { $0.isNaN ? Double.nan.bitPattern : ($0 + 0).bitPattern })
        case .codes(let codes): Self.majority(codes)
        }
    }

    /// Boyer and Moore (1981): one walk finds the only candidate, a second counts it.
    private static func majority<Value: Equatable>(_ values: [Value]) -> Int? {
        var candidate: Value?, votes = 0
        for value in values {
            if votes == 0 { candidate = value }
            votes += value == candidate ? 1 : -1
        }
        let count = values.count { $0 == candidate }
        return count * 2 > values.count ? count : nil
    }

    /// The share of different texts among those that are there; `nil` for numbers, and where there are few.
    var uniqueShare: Double? {
        guard case .codes(let codes) = values else { return nil }
        let known = codes.filter { $0 >= 0 }
        return known.count < Self.leastKnown ? nil : Double(Set(known).count) / Double(known.count)
    }
}

/// How closely two columns go together, and by which measure.
struct FeatureAssociation {
    enum Measure: String {
        case pearson = "Pearson's r"
        case cramer = "Cramér's V"
        case area = "area under the ROC curve"
        case same = "the same values"
    }

    let measure: Measure
    let value: Double

    /// A group of fewer rows says nothing about all.
    private static let leastGroup = 10
    /// So few rows that have both say nothing.
    private static let leastCommon = 20

    /// Of numbers |r|; of categories V; of a number and categories the greatest area by which it tells one from the others. `nil`
    /// where nothing can be said.
    init?(_ one: FeatureColumn, _ other: FeatureColumn) {
        switch (one.values, other.values) {
        case (.numbers(let x), .numbers(let y)):
            guard zip(x, y).count(where: { $0.isFinite && $1.isFinite }) >= Self.leastCommon,
                let r = Association.pearson(x, y)
            else { return nil }
            (measure, value) = (.pearson, r.magnitude)
        case (.codes(let x), .codes(let y)):
            guard let v = Self.cramersV(x, y) else { return nil }
            (measure, value) = (.cramer, v)
        case (.numbers(let x), .codes(let y)), (.codes(let y), .numbers(let x)):
            guard let area = Self.area(x, y) else { return nil }
            (measure, value) = (.area, area)
        }
    }

    init(_ measure: Measure, _ value: Double) {
        self.measure = measure
        self.value = value
    }

    /// With as many categories as rows any two columns go together.
    static func cramersV(_ one: [Int32], _ other: [Int32]) -> Double? {
        let common = zip(one, other).filter { $0 >= 0 && $1 >= 0 }, most = max(2, common.count / leastGroup)
        guard common.count >= leastCommon, Set(common.map(\.0)).count <= most, Set(common.map(\.1)).count <= most else {
            return nil
        }
        return Association.cramersV(one, other)
    }

    private static func area(_ numbers: [Double], _ codes: [Int32]) -> Double? {
        let rows = numbers.indices.filter { numbers[$0].isFinite && codes[$0] >= 0 }
        var sizes: [Int32: Int] = [:]
        for row in rows { sizes[codes[row], default: 0] += 1 }
        // Among very many small groups chance alone sets one apart.
        let least = max(leastGroup, rows.count / 50)
        let groups = sizes.filter { $0.value >= least }.keys
        guard sizes.count > 1, rows.count >= leastCommon, !groups.isEmpty else { return nil }
        let scores = rows.map { numbers[$0] }
        return groups.compactMap { group in
            DeLong(labels: rows.map { codes[$0] == group ? 1 : 0 }, scores: scores).map { max($0.auc, 1 - $0.auc) }
        }.max()
    }
}
