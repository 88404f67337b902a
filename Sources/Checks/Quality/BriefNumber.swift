extension Double {
    /// For people: four digits after the point, or four significant ones where the number is small.
    var brief: String {
        guard isFinite, magnitude < 1e15 else { return "\(self)" }
        if magnitude >= 0.01 || self == 0 { return Self.plain((self * 1e4).rounded() / 1e4) }
        var scale = 1.0, places = 0
        while magnitude * scale < 1000, places < 300 { (scale, places) = (scale * 10, places + 1) }
        // Dividing again would leave a rounding error to print.
        let digits = Int((self * scale).rounded())
        return Double("\(digits)e-\(places)").map { "\($0)" } ?? "\(self)"
    }

    /// `1.2 %`.
    var percent: String { "\((self * 100).brief) %" }

    private static func plain(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : "\(value)"
    }
}

extension Int {
    /// With commas: `1,204`.
    var grouped: String {
        let digits = Array(String(magnitude))
        let parts = digits.indices.map { index in
            (index > 0 && (digits.count - index) % 3 == 0 ? "," : "") + String(digits[index])
        }
        return (self < 0 ? "-" : "") + parts.joined()
    }
}
