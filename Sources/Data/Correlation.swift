/// How closely two columns lie to a line.
enum Correlation {
    /// Pearson's coefficient; `nil` where a column is constant or holds what is not finite.
    ///
    /// Deviations are scaled by the greatest, so that neither huge nor tiny numbers overflow.
    static func pearson(_ one: some Collection<Double>, _ other: some Collection<Double>) -> Double? {
        guard let first = Deviations(one), let second = Deviations(other) else { return nil }
        var products = CompensatedSum()
        var squares = (CompensatedSum(), CompensatedSum())
        for (a, b) in zip(one, other) {
            let x = (a - first.mean) / first.scale
            let y = (b - second.mean) / second.scale
            products.add(x * y)
            squares.0.add(x * x)
            squares.1.add(y * y)
        }
        let value = products.value / (squares.0.value.squareRoot() * squares.1.value.squareRoot())
        return value.isFinite ? max(-1, min(1, value)) : nil
    }

    private struct Deviations {
        let mean: Double
        let scale: Double

        init?(_ values: some Collection<Double>) {
            guard let first = values.first, !values.allSatisfy({ $0 == first }) else { return nil }
            mean = CompensatedSum.of(values) / Double(values.count)
            let center = mean
            scale = values.lazy.map { abs($0 - center) }.max() ?? 0
            guard scale > 0, scale.isFinite else { return nil }
        }
    }
}
