public import Domain

extension ColumnDrift {
    /// Undefined figures are null: those of numbers for categories, and all where a side has no values.
    public var json: JSON {
        let chiSquare = chiSquare.map { test -> JSON in
            [
                "statistic": JSON(test.statistic), "dof": .int(test.degreesOfFreedom), "p_value": JSON(test.pValue),
            ]
        }
        let isNumeric = kind == .numeric
        return .object([
            ("kind", .string(kind.rawValue)),
            ("null_rate_reference", JSON(missingReference.null)),
            ("null_rate_current", JSON(missingCurrent.null)),
            ("nan_rate_reference", JSON(missingReference.nan)),
            ("nan_rate_current", JSON(missingCurrent.nan)),
            ("psi", JSON(psi)),
            ("ks_statistic", JSON(kolmogorovSmirnov?.statistic)),
            ("ks_p_value_auto", JSON(kolmogorovSmirnov?.pValue)),
            ("ks_p_value_asymptotic", JSON(kolmogorovSmirnov?.asymptoticPValue)),
            ("js_distance_base2", JSON(jensenShannonBase2)),
            ("wasserstein", JSON(wasserstein)),
            ("wasserstein_over_reference_std", JSON(wassersteinOverReferenceDeviation)),
            ("l_infinity", isByValue ? JSON(shares.lInfinity) : .null),
            ("l_infinity_shares", isNumeric ? JSON(shares.lInfinity) : .null),
            ("chi2_homogeneity", isByValue ? chiSquare ?? .null : .null),
            ("total_variation", JSON(shares.totalVariation)),
            ("unseen_in_reference", isByValue ? .array(unseen.map(JSON.string)) : .null),
            ("mean_shift_in_reference_std", JSON(meanShiftInReferenceDeviations)),
            ("by_value", .bool(isByValue)),
            ("exact", .bool(exact)),
        ])
    }
}
