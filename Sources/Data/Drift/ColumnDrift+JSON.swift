public import Domain

extension ColumnDrift {
    /// Undefined figures are null: those of numbers for categories, and what `gaps` says.
    public var json: JSON {
        func json(_ test: ChiSquare?) -> JSON {
            guard let test else { return .null }
            return [
                "statistic": JSON(test.statistic), "dof": .int(test.degreesOfFreedom),
                "p_value": hasEstimatedCounts ? .null : JSON(test.pValue),
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
            ("psi_evidently", JSON(evidentlyIndex)),
            ("ks_statistic", JSON(kolmogorovSmirnov?.statistic)),
            ("ks_p_value_auto", JSON(kolmogorovSmirnov?.pValue)),
            ("ks_p_value_asymptotic", JSON(kolmogorovSmirnov?.asymptoticPValue)),
            ("ks_statistic_error", JSON(kolmogorovSmirnov?.statisticError)),
            ("js_distance_base2", JSON(jensenShannonBase2)),
            ("wasserstein", isFinite ? JSON(wasserstein) : .null),
            ("wasserstein_over_reference_std", isFinite ? JSON(wassersteinOverReferenceDeviation) : .null),
            ("l_infinity", isByValue ? JSON(shares.lInfinity) : .null),
            ("l_infinity_shares", isNumeric ? JSON(shares.lInfinity) : .null),
            ("chi2_homogeneity", json(chiSquare)),
            ("chi2_goodness_of_fit", json(goodnessOfFit)),
            ("total_variation", JSON(shares.totalVariation)),
            ("unseen_in_reference", isByValue ? .array(unseen.map(JSON.string)) : .null),
            ("mean_shift_in_reference_std", isFinite ? JSON(meanShiftInReferenceDeviations) : .null),
            ("by_value", .bool(isByValue)),
            ("exact", .bool(exact)),
        ])
    }
}

extension ColumnDrift {
    /// Counts of categories or bins come from sketches: chance alone does not say how far they are off.
    var hasEstimatedCounts: Bool {
        kind == .numeric ? (kolmogorovSmirnov?.statisticError ?? 0) > 0 : !exact
    }

    /// Why figures are null that columns of this kind have, and what sketches do to others, as sentences.
    var gaps: [String] {
        let empty = [("reference", referenceCount), ("current table", currentCount)].filter { $0.1 == 0 }
        if !empty.isEmpty {
            let sides = empty.map { "the \($0.0)" }.joined(separator: " and ")
            return ["column `\(name)`: \(sides) \(empty.count > 1 ? "have" : "has") no values, so its figures are null"]
        }
        var gaps: [String] = []
        if hasEstimatedCounts {
            let error = kolmogorovSmirnov.map {
                "ks_statistic may be off by \(($0.statisticError * 1e4).rounded(.up) / 1e4), which is taken off for its p-values, and "
            }
            gaps.append(
                "column `\(name)`: \(error ?? "")counts are estimates, so the p_values of chi-square are null")
        }
        return kind == .numeric ? gaps + numericGaps : gaps
    }

    /// Why a figure is null that only programs see.
    var goodnessGap: String? {
        guard goodnessOfFit == nil, referenceCount > 0, currentCount > 0 else { return nil }
        return "column `\(name)`: the current table has what the reference has none of, so chi2_goodness_of_fit is null"
    }

    private var numericGaps: [String] {
        if !isFinite {
            return [
                "column `\(name)`: it has infinite values, so its figures in units of the values are null; a verdict takes them "
                    + "of the finite ones"
            ]
        }
        var gaps: [String] = []
        if wassersteinOverReferenceDeviation == nil || meanShiftInReferenceDeviations == nil {
            let reason =
                !hasSpread
                ? "the reference does not vary"
                : isSpreadTooSmall
                    ? "the reference's spread is too small for a 64-bit float: its squares vanish"
                    : "the reference's spread, or the distance from it, is beyond a 64-bit float"
            gaps.append("column `\(name)`: \(reason), so figures over its standard deviation are null")
        }
        if kolmogorovSmirnov?.asymptoticPValue == nil {
            gaps.append("column `\(name)`: too few values for ks_p_value_asymptotic, which is null")
        }
        return gaps
    }
}
