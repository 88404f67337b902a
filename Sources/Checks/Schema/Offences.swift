/// How often something was found, and where first.
struct Offences {
    private(set) var count = 0
    private(set) var lines: [Int] = []
    private(set) var example = ""

    static let mostLines = 20

    /// `line` and `example` are asked for only where they are kept.
    mutating func add(_ line: () -> Int, example: () -> String) {
        count += 1
        guard lines.count < Self.mostLines else { return }
        if lines.isEmpty { self.example = example() }
        lines.append(line())
    }

    /// Adds one that was found later than others behind it.
    mutating func add(late line: Int, example: () -> String) {
        count += 1
        let place = lines.firstIndex { line < $0 } ?? lines.count
        guard place < Self.mostLines else { return }
        if place == 0 { self.example = example() }
        lines.insert(line, at: place)
        lines = Array(lines.prefix(Self.mostLines))
    }

    /// `first at line 12 ("x"), also 15, 19`. A place is called `line` or `row`.
    func words(_ place: String) -> String {
        let more = lines.count > 1 ? ", also \(lines.dropFirst().map(String.init).listed(Self.mostLines))" : ""
        return "first at \(place) \(lines.first ?? 0)\(example.isEmpty ? "" : " (\(example))")\(more)"
    }

    /// Printable, at most 40 bytes.
    static func shown(_ bytes: some Collection<UInt8>) -> String {
        let text = String(decoding: bytes.prefix(40), as: UTF8.self)
        let safe = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) }
        return String(safe) + (bytes.count > 40 ? "…" : "")
    }
}
