/// Finds the numbers in weights written as JSON that are not finite: the bare words that Python writes, and overflows such as `1e999`.
///
/// In a list of numbers also `null` and texts such as `"NaN"`, as which writers that keep to the standard hide them; a list
/// of nothing else counts where it is called weights, biases or coefficients. In a list of such lists the same counts in place
/// of a whole one: `[[1, 2], null]`.
///
/// Walks the text once without building it in memory; brackets and strings must close.
struct JSONWeights {
    private let source: RandomAccessBytes
    private var position = 0
    private var lists: [List] = []
    private var key = ""
    private var counts: [(name: String, values: Int, found: FloatCounts, row: Int?, isMatrix: Bool)] = []
    private var places: [String: Int] = [:]

    /// What an open bracket holds so far; an object is none of numbers.
    private struct List {
        var isObject: Bool
        /// Or lists of numbers.
        var hasNumbers = false
        var hasRows = false
        var hasOthers = false
        var items = 0
        /// What would be numbers in a list of numbers.
        var hidden = FloatCounts()
        /// The first item, from 1, in place of which that stands.
        var hiddenItem: Int?
    }

    static func report(on source: RandomAccessBytes) throws(Malformed) -> WeightReport {
        var walk = JSONWeights(source: source)
        try walk.run()
        var report = WeightReport()
        for entry in walk.counts {
            report.add(entry.name, values: entry.values, entry.found, row: entry.row, isMatrix: entry.isMatrix)
        }
        return report
    }

    private init(source: RandomAccessBytes) { self.source = source }

    private mutating func run() throws(Malformed) {
        while position < source.size {
            let byte = try source.byte(at: position)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                lists.append(List(isObject: byte == UInt8(ascii: "{")))
                guard lists.count <= 1000 else { throw Malformed("it nests more than 1000 levels deep") }
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard let list = lists.popLast() else {
                    throw Malformed("a bracket closes at byte \(position) that never opened")
                }
                close(list)
                position += 1
            case UInt8(ascii: "\""): try string()
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            default: try word()
            }
        }
        guard lists.isEmpty, !(counts.isEmpty && source.size == 0) else { throw Malformed("it ends inside a bracket") }
    }

    /// A string that a colon follows is a key, and names the numbers after it.
    private mutating func string() throws(Malformed) {
        let start = position + 1
        position = start
        while true {
            guard position < source.size else { throw Malformed("the string at byte \(start - 1) has no end") }
            let byte = try source.byte(at: position)
            if byte == UInt8(ascii: "\"") { break }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = position
        position += 1
        var next = position
        while next < source.size, try source.byte(at: next) <= 0x20 { next += 1 }
        guard next < source.size, try source.byte(at: next) == UInt8(ascii: ":") else {
            text(String(decoding: try source.bytes(at: start, count: min(end - start, 20)), as: UTF8.self))
            return
        }
        key = String(decoding: try source.bytes(at: start, count: min(end - start, 200)), as: UTF8.self)
    }

    private mutating func word() throws(Malformed) {
        let start = position
        var word: [UInt8] = []
        while position < source.size, word.count < 400 {
            let byte = try source.byte(at: position)
            guard byte > 0x20, !#",:]}[{""#.utf8.contains(byte) else { break }
            word.append(byte)
            position += 1
        }
        let text = String(decoding: word, as: UTF8.self)
        switch text {
        case "true", "false": other()
        case "null": hide(FloatCounts(nan: 1))
        case "NaN", "-NaN", "nan": note(FloatCounts(nan: 1))
        case "Infinity", "-Infinity", "inf", "-inf": note(FloatCounts(infinite: 1))
        default:
            guard let value = Double(text) else { throw Malformed("'\(text.prefix(40))' at byte \(start) is no JSON") }
            note(FloatCounts(value))
        }
    }

    private mutating func text(_ text: String) {
        guard let value = Double(text), !value.isFinite else {
            other()
            return
        }
        hide(FloatCounts(value))
    }

    /// A value that is no number and stands for none.
    private mutating func other() { if let last = lists.indices.last { lists[last].hasOthers = true } }

    private mutating func hide(_ value: FloatCounts) {
        guard let last = lists.indices.last, !lists[last].isObject else { return }
        lists[last].items += 1
        lists[last].hidden = lists[last].hidden + value
        if lists[last].hiddenItem == nil { lists[last].hiddenItem = lists[last].items }
    }

    /// Whether what stood in the list was hidden numbers is known when it ends, or when the list ends that it is a row of.
    private mutating func close(_ list: List) {
        guard !list.isObject, !list.hasOthers, list.items > 0 else { return other() }
        guard list.hasNumbers || isNamedWeights else { return hide(list.hidden) }
        if let last = lists.indices.last {
            lists[last].items += 1
            // Lists of numbers in a list, and not in the objects of one, are the rows of a matrix.
            if !lists[last].isObject, list.items > 1 { count(FloatCounts(), values: 0, row: nil, isMatrix: true) }
            lists[last].hasNumbers = true
            lists[last].hasRows = true
        }
        if !list.hidden.isFinite {
            count(
                list.hidden, values: list.hidden.nan + list.hidden.infinite, row: list.hasRows ? list.hiddenItem : nil)
        }
    }

    private var isNamedWeights: Bool {
        let name = key.lowercased()
        return ["weight", "bias", "coef", "intercept"].contains { name.contains($0) }
    }

    private mutating func note(_ found: FloatCounts) {
        if let last = lists.indices.last {
            lists[last].items += 1
            lists[last].hasNumbers = true
        }
        count(found, values: 1, row: nil)
    }

    private mutating func count(_ found: FloatCounts, values: Int, row: Int?, isMatrix: Bool = false) {
        let place = places[key] ?? counts.count
        if place == counts.count {
            places[key] = place
            counts.append((key, 0, FloatCounts(), nil, false))
        }
        counts[place].values += values
        counts[place].found = counts[place].found + found
        if counts[place].row == nil { counts[place].row = row }
        if isMatrix { counts[place].isMatrix = true }
    }
}
