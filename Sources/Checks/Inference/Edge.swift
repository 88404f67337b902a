import Domain

/// A value of a feature at the edge of what it may be, or far beyond, where the arithmetic of a model may break.
struct Edge: Hashable {
    let feature: String
    /// As in a table.
    let value: String
    /// Whether the schema allows the value: then a refusal is no answer to it.
    let isAllowed: Bool

    var text: String { "\(feature)=\(value.isEmpty ? "(empty)" : Excerpt.line(value, limit: 24))" }

    /// Longer texts are not sent.
    private static let longest = 65_536

    /// The edges of a feature, those that are likeliest to break something first; each can be sent as `datatype`.
    static func all(of feature: InferenceRows.Feature, sentAs datatype: String, _ column: Schema.Column?) -> [Edge] {
        let values =
            if feature.isText {
                // Classes that the server takes as numbers have no such edges.
                datatype == "BYTES" ? texts(column) : []
            } else if column?.type == .bool || datatype == "BOOL" {
                ["1", "0"]
            } else {
                numbers(sentAs: datatype, column)
            }
        return values.unique.map { Edge(feature: feature.name, value: $0, isAllowed: allows($0, feature, column)) }
    }

    private static func texts(_ column: Schema.Column?) -> [String] {
        if let longest = column?.allowed.max(by: { $0.count < $1.count }) { return [longest, ""] }
        guard column?.type == .string, let most = column?.maxLength else { return [""] }
        return [String(repeating: "a", count: min(most, longest)), ""]
    }

    private static func numbers(sentAs datatype: String, _ column: Schema.Column?) -> [String] {
        let bounds = [column?.max, column?.min].compactMap(\.self)
        guard let range = wholeNumbers[datatype] else {
            let (huge, tiny) = fractions[datatype] ?? ("1e308", "5e-324")
            return [huge, "-" + huge] + bounds.map(text) + ["0", tiny, "-0.0"]
        }
        let known = bounds.compactMap { Int(exactly: $0) }.filter(range.contains)
        return ([range.upperBound, range.lowerBound] + known + [0]).map(String.init)
    }

    private static func text(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }

    /// About the greatest and the least positive number of each datatype of fractions.
    private static let fractions = [
        "FP16": ("65504", "6e-8"), "BF16": ("3e38", "1e-40"), "FP32": ("3e38", "1e-45"), "FP64": ("1e308", "5e-324"),
    ]

    private static let wholeNumbers = [
        "INT8": -128...127, "INT16": -32_768...32_767, "INT32": Int(Int32.min)...Int(Int32.max),
        "INT64": Int.min...Int.max, "UINT8": 0...255, "UINT16": 0...65_535, "UINT32": 0...Int(UInt32.max),
        "UINT64": 0...Int.max,
    ]

    /// Whether the schema says that there may be such a value; where it gives no bounds, it does not say.
    private static func allows(_ value: String, _ feature: InferenceRows.Feature, _ column: Schema.Column?) -> Bool {
        guard let column else { return false }
        guard column.allowed.isEmpty else { return column.allowed.contains(value) }
        if feature.isText {
            return column.type == .string && column.pattern == nil && !value.isEmpty && value.count == column.maxLength
        }
        guard let number = Double(value), !feature.isWhole || number == number.rounded() else { return false }
        if column.type == .bool || number == column.min || number == column.max { return true }
        guard let least = column.min, let most = column.max else { return false }
        return least...most ~= number
    }
}
