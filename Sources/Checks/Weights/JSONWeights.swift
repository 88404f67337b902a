/// Finds the numbers in weights written as JSON that are not finite: the bare words that Python writes, and overflows such as `1e999`.
///
/// Walks the text once without building it in memory; brackets and strings must close.
struct JSONWeights {
    private let source: ByteSource
    private var position = 0
    private var depth = 0
    private var key = ""
    private var counts: [(name: String, values: Int, found: NonFinite)] = []
    private var places: [String: Int] = [:]

    static func report(on source: ByteSource) throws(Malformed) -> WeightReport {
        var walk = JSONWeights(source: source)
        try walk.run()
        var report = WeightReport()
        for entry in walk.counts { report.add(entry.name, values: entry.values, entry.found) }
        return report
    }

    private init(source: ByteSource) { self.source = source }

    private mutating func run() throws(Malformed) {
        while position < source.size {
            let byte = try source.byte(at: position)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                guard depth >= 0 else { throw Malformed("a bracket closes at byte \(position) that never opened") }
                position += 1
            case UInt8(ascii: "\""): try string()
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            default: try word()
            }
        }
        guard depth == 0, !(counts.isEmpty && source.size == 0) else { throw Malformed("it ends inside a bracket") }
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
        guard next < source.size, try source.byte(at: next) == UInt8(ascii: ":") else { return }
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
        case "true", "false", "null": return
        case "NaN", "-NaN", "nan": note(NonFinite(nan: 1))
        case "Infinity", "-Infinity", "inf", "-inf": note(NonFinite(infinite: 1))
        default:
            guard let value = Double(text) else { throw Malformed("'\(text.prefix(40))' at byte \(start) is no JSON") }
            note(NonFinite(value))
        }
    }

    private mutating func note(_ found: NonFinite) {
        let place = places[key] ?? counts.count
        if place == counts.count {
            places[key] = place
            counts.append((key, 0, NonFinite()))
        }
        counts[place].values += 1
        counts[place].found = counts[place].found + found
    }
}
