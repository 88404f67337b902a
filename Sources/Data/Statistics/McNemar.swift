import Glibc

/// Whether two models that are right on different rows differ by more than chance (McNemar 1947).
public struct McNemar: Hashable, Sendable {
    public let onlyFirstCorrect: Int
    public let onlySecondCorrect: Int

    public init(onlyFirstCorrect: Int, onlySecondCorrect: Int) {
        self.onlyFirstCorrect = onlyFirstCorrect
        self.onlySecondCorrect = onlySecondCorrect
    }

    /// Rows on which exactly one of the two is right.
    public var discordant: Int { onlyFirstCorrect + onlySecondCorrect }

    /// Two-sided, from the binomial distribution; 1 where the models are never right on different rows.
    public var exactP: Double { min(1, 2 * below) }

    /// The exact probability less half that of what was seen: nearer to its nominal level.
    public var midP: Double {
        discordant == 0 ? 1 : min(1, 2 * below - density)
    }

    /// With Edwards' continuity correction, one degree of freedom; `nil` where there is nothing to compare.
    public var chiSquare: Double? {
        guard discordant > 0 else { return nil }
        let excess = Double(abs(onlyFirstCorrect - onlySecondCorrect)) - 1
        return excess * excess / Double(discordant)
    }

    public var chiSquareP: Double { chiSquare.map { SpecialFunctions.chiSquareTail($0, dof: 1) } ?? 1 }

    private var lesser: Double { Double(min(onlyFirstCorrect, onlySecondCorrect)) }

    private var below: Double {
        discordant == 0 ? 1 : SpecialFunctions.binomialCumulative(lesser, trials: Double(discordant), probability: 0.5)
    }

    private var density: Double {
        let n = Double(discordant)
        if lesser == 0 { return exp2(-n) }
        return SpecialFunctions.binomialDensity(lesser, n, 0.5, 0.5)
    }
}
