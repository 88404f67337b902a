/// A regular expression that takes time in proportion to the text, whatever the expression: for patterns of strangers.
///
/// Characters, `.`, classes such as `[a-z_]` and `[^0-9]`, `\d \w \s` and their opposites, groups, `|`, and the repetitions
/// `* + ? {n} {n,} {n,m}`. A pattern always matches the whole text. There are no captures and no look-around.
struct TextPattern: Hashable, Sendable {
    /// Why a text is no pattern.
    struct Problem: Error, Hashable {
        let message: String
    }

    private indirect enum Node: Hashable {
        case empty
        case set(Set)
        case sequence([Node])
        case choice([Node])
        case many(Node, least: Int, most: Int?)
    }

    private struct Set: Hashable {
        var ranges: [ClosedRange<Unicode.Scalar>]
        var isNegated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    /// What one state does: read a character of a set, or go on in two ways at once.
    private enum State: Hashable {
        case read(Set, next: Int)
        case split(Int, Int)
        case accept
    }

    private var states: [State] = []
    private var start = 0
    private static let stateLimit = 4000

    init(_ pattern: String) throws(Problem) {
        guard pattern.utf8.count <= 1000 else { throw Problem(message: "it has more than 1000 characters") }
        var parser = Parser(pattern)
        let node = try parser.whole()
        states = [.accept]
        start = try add(node, then: 0)
    }

    private mutating func add(_ node: Node, then next: Int) throws(Problem) -> Int {
        guard states.count < Self.stateLimit else { throw Problem(message: "it is too large when written out") }
        switch node {
        case .empty: return next
        case .set(let set): return append(.read(set, next: next))
        case .sequence(let nodes):
            var place = next
            for node in nodes.reversed() { place = try add(node, then: place) }
            return place
        case .choice(let nodes):
            var place = try add(nodes[nodes.count - 1], then: next)
            for node in nodes.dropLast().reversed() { place = append(.split(try add(node, then: next), place)) }
            return place
        case .many(let node, let least, let most):
            var place = next
            if let most {
                for _ in least..<most { place = append(.split(try add(node, then: place), next)) }
            } else {
                let loop = append(.split(0, next))
                states[loop] = .split(try add(node, then: loop), next)
                place = loop
            }
            for _ in 0..<least { place = try add(node, then: place) }
            return place
        }
    }

    private mutating func append(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    /// Whether the whole text matches.
    func matches(_ text: String) -> Bool {
        var current = beginning
        for scalar in text.unicodeScalars {
            current = states(after: scalar, from: current)
            if current.isEmpty { return false }
        }
        return accepts(current)
    }

    /// The states in which nothing was read yet.
    var beginning: [Int] {
        var list: [Int] = [], marks = [Bool](repeating: false, count: states.count)
        follow(start, into: &list, &marks)
        return list
    }

    /// The states to which a character leads from others.
    func states(after scalar: Unicode.Scalar, from current: [Int]) -> [Int] {
        var next: [Int] = [], marks = [Bool](repeating: false, count: states.count)
        for state in current {
            if case .read(let set, let target) = states[state], set.contains(scalar) {
                follow(target, into: &next, &marks)
            }
        }
        return next
    }

    /// Whether a text that ends in these states matches.
    func accepts(_ current: [Int]) -> Bool { current.contains { states[$0] == .accept } }

    /// Adds the states that can be reached without reading.
    private func follow(_ state: Int, into list: inout [Int], _ marks: inout [Bool]) {
        var open = [state]
        while let state = open.popLast() {
            if marks[state] { continue }
            marks[state] = true
            if case .split(let one, let other) = states[state] {
                open.append(other)
                open.append(one)
            } else {
                list.append(state)
            }
        }
    }
}

extension TextPattern {
    private struct Parser {
        private let scalars: [Unicode.Scalar]
        private var position = 0
        private var depth = 0

        init(_ text: String) {
            var all = Array(text.unicodeScalars)
            if all.first == "^" { all.removeFirst() }
            if all.last == "$", all.dropLast().last != "\\" { all.removeLast() }
            scalars = all
        }

        mutating func whole() throws(Problem) -> Node {
            let node = try choice()
            guard position == scalars.count else { throw Problem(message: "')' closes nothing") }
            return node
        }

        private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

        private mutating func choice() throws(Problem) -> Node {
            depth += 1
            defer { depth -= 1 }
            guard depth < 50 else { throw Problem(message: "its groups are nested more than 50 levels deep") }
            var options = [try sequence()]
            while next == "|" {
                position += 1
                options.append(try sequence())
            }
            return options.count == 1 ? options[0] : .choice(options)
        }

        private mutating func sequence() throws(Problem) -> Node {
            var nodes: [Node] = []
            while let scalar = next, scalar != "|", scalar != ")" { nodes.append(try repeated(atom())) }
            return nodes.isEmpty ? .empty : .sequence(nodes)
        }

        private mutating func repeated(_ node: Node) throws(Problem) -> Node {
            var node = node
            while let scalar = next {
                switch scalar {
                case "*": node = .many(node, least: 0, most: nil)
                case "+": node = .many(node, least: 1, most: nil)
                case "?": node = .many(node, least: 0, most: 1)
                case "{":
                    node = try counted(node)
                    continue
                default: return node
                }
                position += 1
            }
            return node
        }

        private mutating func counted(_ node: Node) throws(Problem) -> Node {
            guard let end = scalars[position...].firstIndex(of: "}") else {
                throw Problem(message: "'{' is never closed")
            }
            let text = String(String.UnicodeScalarView(scalars[(position + 1)..<end]))
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            guard let least = Int(parts[0]), parts.count <= 2, (0...500).contains(least) else {
                throw Problem(message: "'{\(text)}' is no number of repetitions up to 500")
            }
            position = end + 1
            if parts.count == 1 { return .many(node, least: least, most: least) }
            if parts[1].isEmpty { return .many(node, least: least, most: nil) }
            guard let most = Int(parts[1]), (least...500).contains(most) else {
                throw Problem(message: "'{\(text)}' is no number of repetitions up to 500")
            }
            return .many(node, least: least, most: most)
        }

        private mutating func atom() throws(Problem) -> Node {
            guard let scalar = next else { return .empty }
            position += 1
            switch scalar {
            case "(":
                if next == "?" {
                    guard position + 1 < scalars.count, scalars[position + 1] == ":" else {
                        throw Problem(message: "'(?' is not known here, only '(?:'")
                    }
                    position += 2
                }
                let node = try choice()
                guard next == ")" else { throw Problem(message: "'(' is never closed") }
                position += 1
                return node
            case "[": return .set(try bracket())
            case ".": return .set(Set(ranges: ["\n"..."\n"], isNegated: true))
            case "\\": return .set(try escape())
            case "*", "+", "?", "{": throw Problem(message: "a repetition that follows nothing")
            default: return .set(Set(ranges: [scalar...scalar]))
            }
        }

        private mutating func escape() throws(Problem) -> Set {
            guard let scalar = next else { throw Problem(message: "it ends with a backslash") }
            position += 1
            let word: [ClosedRange<Unicode.Scalar>] = ["0"..."9", "A"..."Z", "_"..."_", "a"..."z"]
            switch scalar {
            case "d": return Set(ranges: ["0"..."9"])
            case "D": return Set(ranges: ["0"..."9"], isNegated: true)
            case "w": return Set(ranges: word)
            case "W": return Set(ranges: word, isNegated: true)
            case "s": return Set(ranges: ["\t"..."\r", " "..." "])
            case "S": return Set(ranges: ["\t"..."\r", " "..." "], isNegated: true)
            case "n": return Set(ranges: ["\n"..."\n"])
            case "t": return Set(ranges: ["\t"..."\t"])
            case "a"..."z", "A"..."Z", "0"..."9": throw Problem(message: "'\\\(scalar)' is not known")
            default: return Set(ranges: [scalar...scalar])
            }
        }

        private mutating func bracket() throws(Problem) -> Set {
            var set = Set(ranges: [])
            if next == "^" {
                set.isNegated = true
                position += 1
            }
            var isFirst = true
            while let scalar = next, scalar != "]" || isFirst {
                isFirst = false
                position += 1
                let single = scalar == "\\" ? try escape() : Set(ranges: [scalar...scalar])
                guard !single.isNegated else { throw Problem(message: "an opposite such as \\D inside brackets") }
                guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]",
                    let low = single.ranges.first, low.lowerBound == low.upperBound, single.ranges.count == 1
                else {
                    set.ranges += single.ranges
                    continue
                }
                let high = scalars[position + 1]
                guard low.lowerBound <= high, high != "\\" else {
                    throw Problem(message: "a range in brackets runs backwards")
                }
                position += 2
                set.ranges.append(low.lowerBound...high)
            }
            guard next == "]" else { throw Problem(message: "'[' is never closed") }
            position += 1
            return set
        }
    }
}
