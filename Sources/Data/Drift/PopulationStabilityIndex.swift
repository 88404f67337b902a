import Glibc

/// The population stability index, Σ (p - q) ln(p / q), with the bins that credit scoring uses.
public enum PopulationStabilityIndex {
    /// Stands for a share of 0 on either side; the others are not scaled to make room for it.
    public static let floor = 0.0001

    /// `nil` where a sample is empty.
    public static func value(_ table: ShareTable) -> Double? {
        guard let shares = table.shares else { return nil }
        var sum = 0.0
        for share in shares {
            let p = share.reference == 0 ? floor : share.reference
            let q = share.current == 0 ? floor : share.current
            sum += (q - p) * log(q / p)
        }
        return sum
    }

    /// The inner edges of ten bins: the different linear quantiles 0, .1 … 1 of the reference, without the outer two.
    public static func edges(_ reference: SortedValues) -> [Double] {
        var edges: [Double] = []
        for step in 0...10 {
            guard let edge = reference.linearQuantile(Double(step) * 0.1) else { return [] }
            if !edge.isNaN, edge != edges.last { edges.append(edge) }
        }
        return Array(edges.dropFirst().dropLast())
    }
}
