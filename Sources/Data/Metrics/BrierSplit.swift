/// The Brier score in three parts (Murphy 1973): reliability − resolution + uncertainty.
///
/// Rows with one score are a group, so that the parts add up exactly; bins would leave a remainder. Where all scores differ,
/// reliability is the whole Brier score and resolution the whole uncertainty.
struct BrierSplit {
    private let rows: Double
    private let rate: Double
    private var misses = CompensatedSum()
    private var spread = CompensatedSum()

    /// Of so many rows, of which some have label 1.
    init(rows: Int, positives: Int) {
        self.rows = Double(rows)
        rate = Double(positives) / Double(rows)
    }

    /// Adds the rows of one score.
    @inline(__always)
    mutating func add(score: Double, rows: Int, positives: Int) {
        let rows = Double(rows)
        let held = Double(positives) / rows
        misses.add(rows * (score - held) * (score - held))
        spread.add(rows * (held - rate) * (held - rate))
    }

    /// How far scores are from the rates at which their rows have label 1: 0 is best.
    var reliability: Double { misses.value / rows }

    /// How far those rates are from the rate of all rows: more is better, up to the uncertainty.
    var resolution: Double { spread.value / rows }

    /// The Brier score of giving every row the rate of all; the labels' alone.
    var uncertainty: Double { rate * (1 - rate) }
}
