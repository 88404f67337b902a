/// A word of a condition over the columns of a row.
struct RowToken: Hashable {
    enum Kind: Hashable {
        case number(Double)
        /// Between single or double quotes; a quote in it is written twice.
        case text(String)
        /// Between backticks: certainly a column.
        case name(String)
        /// A column, or one of the language's own words.
        case word(String)
        case symbol(String)
        case end
    }

    let kind: Kind
    /// The character where it begins, from 1.
    let place: Int

    var shown: String {
        switch kind {
        case .number(let value): "\(value)"
        case .text(let text), .name(let text), .word(let text), .symbol(let text): Excerpt.line(text)
        case .end: ""
        }
    }

    /// The words of a text; the last one is its end.
    static func all(of text: String) throws(RowProgram.Problem) -> [RowToken] {
        var scanner = RowScanner(text)
        var tokens: [RowToken] = []
        repeat { tokens.append(try scanner.token()) } while tokens.last?.kind != .end
        return tokens
    }
}

private struct RowScanner {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
        index + offset < scalars.count ? scalars[index + offset] : nil
    }

    mutating func token() throws(RowProgram.Problem) -> RowToken {
        while let scalar = peek(), scalar.properties.isWhitespace { index += 1 }
        let place = index + 1
        return RowToken(kind: try kind(), place: place)
    }

    private mutating func kind() throws(RowProgram.Problem) -> RowToken.Kind {
        guard let first = peek() else { return .end }
        switch first {
        case "'", "\"": return .text(try quoted(first, "the quote is not closed"))
        case "`": return .name(try quoted(first, "the backtick is not closed"))
        case "0"..."9": return try number()
        case ".":
            guard let second = peek(1), Self.isDigit(second) else { return symbol() }
            return try number()
        default:
            return Self.isLetter(first) ? .word(taken { Self.isLetter($0) || Self.isDigit($0) || $0 == "." }) : symbol()
        }
    }

    /// What stands between two of `mark`; of two marks in a row one is meant.
    private mutating func quoted(_ mark: Unicode.Scalar, _ problem: String) throws(RowProgram.Problem) -> String {
        let start = index
        var text = String.UnicodeScalarView()
        index += 1
        while let scalar = peek() {
            index += 1
            if scalar == mark {
                guard peek() == mark else { return String(text) }
                index += 1
            }
            text.append(scalar)
        }
        throw RowProgram.Problem(start + 1, problem)
    }

    private mutating func number() throws(RowProgram.Problem) -> RowToken.Kind {
        let start = index
        var digits = taken { Self.isDigit($0) || $0 == "." }
        if let mark = peek(), mark == "e" || mark == "E" {
            let sign = peek(1) == "-" || peek(1) == "+" ? 1 : 0
            if let digit = peek(1 + sign), Self.isDigit(digit) {
                digits += String(String.UnicodeScalarView(scalars[index...index + sign]))
                index += 1 + sign
                digits += taken(while: Self.isDigit)
            }
        }
        guard let value = Double(digits), value.isFinite, peek().map({ !Self.isLetter($0) }) ?? true else {
            let rest = taken { Self.isLetter($0) || Self.isDigit($0) || $0 == "." }
            throw RowProgram.Problem(
                start + 1, "'\(Excerpt.line(digits + rest))' is no number",
                hint: "a column whose name begins with a digit stands between backticks")
        }
        return .number(value)
    }

    private mutating func symbol() -> RowToken.Kind {
        let pair = String(String.UnicodeScalarView(scalars[index..<min(index + 2, scalars.count)]))
        guard ["==", "!=", "<=", ">=", "<>", "&&", "||"].contains(pair) else {
            index += 1
            return .symbol(String(scalars[index - 1]))
        }
        index += 2
        return .symbol(pair)
    }

    private mutating func taken(while belongs: (Unicode.Scalar) -> Bool) -> String {
        let start = index
        while let scalar = peek(), belongs(scalar) { index += 1 }
        return String(String.UnicodeScalarView(scalars[start..<index]))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.value < 0x80 && scalar.properties.isAlphabetic
            || scalar.value >= 0x80 && !scalar.properties.isWhitespace
    }
}
