import Data
import Domain

/// Whether the features of a request are what a schema describes: there, of their type, within their range and values.
struct ServedDomain {
    private var rules: [String: ColumnRules] = [:]
    private let needed: [String]

    /// Throws where the pattern of a column is none.
    init(_ schema: Schema, needed: [Schema.Column]) throws(Malformed) {
        self.needed = needed.map(\.name)
        let room = KeyRoom()
        for var column in schema.columns {
            // What comes twice is asked for twice, and is as much of the domain as before.
            column.unique = false
            // Nor does one request have a mean.
            column.forgetStatistics()
            do throws(TextPattern.Problem) {
                rules[column.name] = try ColumnRules(column, exactValues: 0, room: room)
            } catch {
                throw Malformed(
                    "schema: the pattern of column \"\(column.name)\" cannot be used: \(error.message)")
            }
        }
    }

    mutating func isOutside(_ features: [JSON.Member]) -> Bool {
        var isOutside = needed.contains { name in !features.contains { $0.key == name } }
        for feature in features where !isOutside {
            guard let column = rules[feature.key]?.column else { continue }
            let text = Array(RunTable.text(feature.value).utf8)
            guard !text.isEmpty || column.type == .string && feature.value != .null else {
                isOutside = !column.nullable
                continue
            }
            let before = rules[feature.key]?.noted
            text.withUnsafeBufferPointer { rules[feature.key]?.check($0, isNull: false) { 0 } }
            isOutside = rules[feature.key]?.noted != before
        }
        return isOutside
    }
}

extension Schema.Column {
    /// Drops the ranges of what only many rows have.
    mutating func forgetStatistics() {
        (mean, standardDeviation, quantiles, distinct, distinctShare) = (nil, nil, [], nil, nil)
    }
}
