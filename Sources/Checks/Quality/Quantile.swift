extension Array<Double> {
    /// The least value with at least the share `q` of all at or below it (type 1); `nil` of none.
    func quantile(_ q: Double) -> Double? {
        isEmpty ? nil : sorted()[Swift.min(Swift.max(Int((Double(count) * q).rounded(.up)) - 1, 0), count - 1)]
    }
}

extension Collection<Double> {
    /// The middle value; of an even number, the mean of the two; 0 of none.
    var median: Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? sorted[middle] : (sorted[middle - 1] + sorted[Swift.min(middle, sorted.count - 1)]) / 2
    }
}
