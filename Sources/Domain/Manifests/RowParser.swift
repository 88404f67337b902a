/// Reads a condition over the columns of a row, and sees to it that only what is alike is compared.
struct RowParser {
    typealias Problem = RowProgram.Problem

    private let tokens: [RowToken]
    private let columns: [String: Schema.Column]
    private var next = 0
    private var depth = 0
    private var result = RowProgram()

    /// Untrusted text may nest as deep as it is long.
    private static let deepest = 50

    private enum Kind: String {
        case number = "a number"
        case text = "a text"
        case truth = "a condition"
        case time = "a time"
    }

    /// What a step gives, and where it stands in the text.
    private struct Operand {
        let step: Int
        let kind: Kind
        let place: Int
    }

    init(_ text: String, columns: [String: Schema.Column]) throws(Problem) {
        tokens = try RowToken.all(of: text)
        self.columns = columns
    }

    mutating func program() throws(Problem) -> RowProgram {
        let whole = try disjunction()
        let rest = tokens[next]
        guard rest.kind == .end else { throw unexpected(rest) }
        try require(.truth, whole, "the whole")
        return result
    }

    // MARK: From loose to tight

    private mutating func disjunction() throws(Problem) -> Operand {
        var left = try conjunction()
        while take(word: "or") { left = try joined(left, try conjunction(), "or") { .or($0, $1) } }
        return left
    }

    private mutating func conjunction() throws(Problem) -> Operand {
        var left = try negation()
        while take(word: "and") { left = try joined(left, try negation(), "and") { .and($0, $1) } }
        return left
    }

    private mutating func joined(
        _ left: Operand, _ right: Operand, _ word: String, _ step: (Int, Int) -> RowProgram.Step
    ) throws(Problem) -> Operand {
        try require(.truth, left, "what stands before '\(word)'")
        try require(.truth, right, "what stands behind '\(word)'")
        return add(step(left.step, right.step), .truth, left.place)
    }

    private mutating func negation() throws(Problem) -> Operand {
        let place = tokens[next].place
        guard take(word: "not") else { return try comparison() }
        try goDeeper()
        let operand = try negation()
        depth -= 1
        try require(.truth, operand, "what stands behind 'not'")
        return add(.not(operand.step), .truth, place)
    }

    private mutating func comparison() throws(Problem) -> Operand {
        let left = try sum()
        if take(word: "is") {
            let isNegated = take(word: "not")
            guard take(word: "null") else { throw Problem(tokens[next].place, "expected null behind 'is'") }
            let test = add(.isNull(left.step), .truth, left.place)
            return isNegated ? add(.not(test.step), .truth, left.place) : test
        }
        guard let comparison = takeComparison() else { return left }
        let place = tokens[next - 1].place
        let right = try sum()
        let result = try compared(left, right, comparison, at: place)
        if case .symbol(let symbol) = tokens[next].kind, RowProgram.Comparison(rawValue: symbol) != nil {
            throw Problem(tokens[next].place, "two comparisons in a row", hint: "write a < b and b < c")
        }
        return result
    }

    private mutating func sum() throws(Problem) -> Operand {
        var left = try product()
        while let sign = takeArithmetic([.plus, .minus]) { left = try computed(left, try product(), sign) }
        return left
    }

    private mutating func product() throws(Problem) -> Operand {
        var left = try factor()
        while let sign = takeArithmetic([.times, .over]) { left = try computed(left, try factor(), sign) }
        return left
    }

    private mutating func factor() throws(Problem) -> Operand {
        let place = tokens[next].place
        guard takeArithmetic([.minus]) != nil else { return try primary() }
        try goDeeper()
        let operand = try factor()
        depth -= 1
        try require(.number, operand, "what stands behind '-'")
        return add(.negative(operand.step), .number, place)
    }

    private mutating func primary() throws(Problem) -> Operand {
        let token = tokens[next]
        next += token.kind == .end ? 0 : 1
        switch token.kind {
        case .number(let value): return add(.number(value), .number, token.place)
        case .text(let text):
            result.texts.append(text)
            return add(.text(result.texts.count - 1), .text, token.place)
        case .name(let name): return try column(name, token.place)
        case .word(let word):
            switch word.lowercased() {
            case "true": return add(.truth(true), .truth, token.place)
            case "false": return add(.truth(false), .truth, token.place)
            case "null": throw Problem(token.place, "nothing equals null", hint: "write 'is null' or 'is not null'")
            case "and", "or", "not", "is": throw unexpected(token)
            default: return try column(word, token.place)
            }
        case .symbol("("):
            try goDeeper()
            let inner = try disjunction()
            depth -= 1
            guard case .symbol(")") = tokens[next].kind else {
                throw Problem(token.place, "the parenthesis is not closed")
            }
            next += 1
            return inner
        case .symbol, .end: throw unexpected(token)
        }
    }

    private mutating func column(_ name: String, _ place: Int) throws(Problem) -> Operand {
        guard let column = columns[name] else {
            // Among thousands the search would take long, and nobody reads them.
            let near = columns.count > 2000 ? nil : Suggestion.nearest(to: name, in: columns.keys.sorted())
            throw Problem(
                place, "there is no column '\(Excerpt.line(name))'",
                hint: near.map { "did you mean '\($0)'?" } ?? "a text stands in quotes: '\(Excerpt.line(name))'")
        }
        let index = result.columns.firstIndex(of: name) ?? result.columns.count
        if index == result.columns.count { result.columns.append(name) }
        let kind: Kind =
            switch column.type {
            case .int, .float: .number
            case .string: .text
            case .bool: .truth
            case .timestamp: .time
            }
        return add(.column(index), kind, place)
    }
}

extension RowParser {
    private mutating func add(_ step: RowProgram.Step, _ kind: Kind, _ place: Int) -> Operand {
        result.steps.append(step)
        return Operand(step: result.steps.count - 1, kind: kind, place: place)
    }

    private func require(_ kind: Kind, _ operand: Operand, _ what: String) throws(Problem) {
        guard operand.kind != kind else { return }
        throw Problem(operand.place, "\(what) must be \(kind.rawValue), and is \(operand.kind.rawValue)")
    }

    private mutating func computed(
        _ left: Operand, _ right: Operand, _ sign: RowProgram.Arithmetic
    ) throws(Problem) -> Operand {
        try require(.number, left, "what stands before '\(sign.rawValue)'")
        try require(.number, right, "what stands behind '\(sign.rawValue)'")
        return add(.arithmetic(sign, left.step, right.step), .number, left.place)
    }

    private mutating func compared(
        _ left: Operand, _ right: Operand, _ comparison: RowProgram.Comparison, at place: Int
    ) throws(Problem) -> Operand {
        let (left, right) = (try timed(left, like: right), try timed(right, like: left))
        guard left.kind == right.kind else {
            let isQuoted = Set([left.kind, right.kind]) == [.text, .number]
            throw Problem(
                place, "\(left.kind.rawValue) and \(right.kind.rawValue) cannot be compared",
                hint: isQuoted ? "texts stand in quotes, numbers do not" : nil)
        }
        guard left.kind != .truth || comparison == .equal || comparison == .unequal else {
            throw Problem(place, "conditions have no order", hint: "compare them with == or !=")
        }
        return add(.comparison(comparison, left.step, right.step), .truth, left.place)
    }

    /// A text in quotes beside a time is one.
    private mutating func timed(_ operand: Operand, like other: Operand) throws(Problem) -> Operand {
        guard other.kind == .time, case .text(let index) = result.steps[operand.step] else { return operand }
        guard let moment = Timestamp(orDay: result.texts[index]) else {
            throw Problem(operand.place, "'\(Excerpt.line(result.texts[index]))' is no time", hint: "2026-11-21")
        }
        result.steps[operand.step] = .number(Double(moment.milliseconds))
        return Operand(step: operand.step, kind: .time, place: operand.place)
    }

    // MARK: Tokens

    private mutating func take(word: String) -> Bool {
        guard case .word(let text) = tokens[next].kind, text.lowercased() == word else { return false }
        next += 1
        return true
    }

    private mutating func takeComparison() -> RowProgram.Comparison? {
        guard case .symbol(let symbol) = tokens[next].kind, let comparison = RowProgram.Comparison(rawValue: symbol)
        else { return nil }
        next += 1
        return comparison
    }

    private mutating func takeArithmetic(_ wanted: [RowProgram.Arithmetic]) -> RowProgram.Arithmetic? {
        guard case .symbol(let symbol) = tokens[next].kind, let sign = RowProgram.Arithmetic(rawValue: symbol),
            wanted.contains(sign)
        else { return nil }
        next += 1
        return sign
    }

    private mutating func goDeeper() throws(Problem) {
        depth += 1
        guard depth <= Self.deepest else {
            throw Problem(
                tokens[max(0, next - 1)].place, "it is nested more than \(Self.deepest) deep",
                hint: "make it several rules")
        }
    }

    private func unexpected(_ token: RowToken) -> Problem {
        switch token.kind {
        case .end: Problem(token.place, "it ends too early")
        case .symbol("="): Problem(token.place, "'=' compares nothing", hint: "write ==")
        case .symbol("&&"): Problem(token.place, "'&&' is not known", hint: "write and")
        case .symbol("||"): Problem(token.place, "'||' is not known", hint: "write or")
        case .symbol("!"): Problem(token.place, "'!' is not known", hint: "write not")
        case .symbol("<>"): Problem(token.place, "'<>' is not known", hint: "write !=")
        default: Problem(token.place, "'\(token.shown)' cannot stand here")
        }
    }
}
