extension Duration {
    public var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// In days and parts of one.
    public var days: Double { Double(milliseconds) / 86_400_000 }

    /// How long to wait before trying again: this after the first failure in a row, twice as long after each more, up to `longest`.
    public func doubled(after failures: Int, upTo longest: Duration) -> Duration {
        min(longest, self * (1 << min(max(failures, 1) - 1, 30)))
    }

    /// Reads `90s`, `10m`, `1h30m`, `7d`, `250ms`: whole numbers, each with its unit, up to 100 years.
    public init?(text: String) {
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
        ]
        var total: Int64 = 0
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        if rest == "0" { self = .zero; return }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let unit = units.first(where: { $0.0 == letters }) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.1)
            let (sum, overflowed) = total.addingReportingOverflow(product)
            guard !overflow, !overflowed else { return nil }
            total = sum
        }
        // Far from where adding to a moment could overflow.
        guard total <= 36_525 * 86_400_000 else { return nil }
        self = .milliseconds(total)
    }

    /// The two largest units that say it, such as `1h30m`.
    public var text: String {
        var rest = milliseconds
        guard rest > 0 else { return rest == 0 ? "0s" : "-" + (Duration.zero - self).text }
        var parts: [String] = []
        for (name, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
            as [(String, Int64)]
        {
            guard rest >= size, parts.count < 2 else { continue }
            parts.append("\(rest / size)\(name)")
            rest %= size
        }
        return parts.joined()
    }
}
