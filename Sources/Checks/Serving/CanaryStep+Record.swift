import Data

extension CanaryStep {
    /// The steps that a record tells, a row each.
    static func all(_ table: RunTable, path: String) throws(MissingEvidence) -> [CanaryStep] {
        let names = ["share", "requests", "errors", "baseline_requests", "baseline_errors"]
        var columns: [[Double?]] = []
        for name in names { columns.append(try table.numbers(try table.column(name, or: [], in: path)) ?? []) }
        let latency = try table.numbers("p95_ms"), beside = try table.numbers("baseline_p95_ms")
        let cells = try Cells(table)
        let scale = try unit(of: columns[0], in: path)
        var steps: [CanaryStep] = [], earlier: Baseline?
        for row in table.rows.indices {
            let values = columns.compactMap { $0[row] }
            guard values.count == names.count, values.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e15 }),
                values[2] <= values[1], values[4] <= values[3]
            else {
                throw table.gap(in: row, "it does not hold \(names.joined(separator: ", "))")
            }
            // All of the traffic has nothing beside it.
            let isAlone = values[0] / scale >= 1 && values[3] == 0
            let other =
                isAlone
                ? earlier
                : Baseline(
                    requests: Int(values[3]), errors: Int(values[4]), latency: beside?[row],
                    value: try cells.value("baseline_", row))
            if !isAlone, (other?.requests ?? 0) >= burnIn { earlier = other }
            let slower = latency?[row].flatMap { now in
                other?.latency.flatMap { $0 > 0 && now > 0 && (now / $0).isFinite ? now / $0 - 1 : nil }
            }
            var step = CanaryStep(
                share: values[0] / scale, requests: Int(values[1]),
                errors: Int(values[2]),
                baselineRequests: other?.requests ?? 0, baselineErrors: other?.errors ?? 0, latencyIncrease: slower)
            step.isBesideEarlier = isAlone && other != nil
            step.slow = try cells.count("slow", row, within: 0...values[1])
            step.allRequests = try cells.count("all_requests", row, within: values[1]...1e15)
            step.minutes = try cells.number("minutes", row, within: 0...1e15)
            step.scorePSI = try cells.number("score_psi", row, within: 0...1e15)
            step.value = try cells.value("", row).flatMap { now in
                other?.value.map {
                    Value(
                        mean: now.mean, deviation: now.deviation, baselineMean: $0.mean, baselineDeviation: $0.deviation
                    )
                }
            }
            steps.append(step)
        }
        return steps
    }

    /// Shares are percentages where any is above 1, else parts of one.
    private static func unit(of shares: [Double?], in path: String) throws(MissingEvidence) -> Double {
        let greatest = shares.compactMap(\.self).max() ?? 0
        guard !(greatest > 100) else { throw MissingEvidence("\(path): a share of \(greatest.brief) %", file: path) }
        return greatest > 1 ? 100 : 1
    }

    /// What was beside a step.
    private struct Baseline {
        let requests: Int
        let errors: Int
        let latency: Double?
        let value: (mean: Double, deviation: Double)?
    }

    /// The columns that a record need not have, and cells that may be empty.
    private struct Cells {
        private static let names = [
            "slow", "all_requests", "minutes", "score_psi", "value_mean", "value_sd", "baseline_value_mean",
            "baseline_value_sd",
        ]
        private var columns: [String: [Double?]] = [:]
        private let table: RunTable

        init(_ table: RunTable) throws(MissingEvidence) {
            for name in Self.names { columns[name] = try table.numbers(name) }
            self.table = table
        }

        func number(_ name: String, _ row: Int, within range: ClosedRange<Double>) throws(MissingEvidence) -> Double? {
            guard let number = columns[name]?[row] else { return nil }
            guard range.contains(number) else {
                throw table.gap(
                    in: row,
                    "\(name) is \(number), expected \(range.lowerBound.brief) to \(range.upperBound.brief)")
            }
            return number
        }

        func count(_ name: String, _ row: Int, within range: ClosedRange<Double>) throws(MissingEvidence) -> Int? {
            try number(name, row, within: range).map { Int($0) }
        }

        func value(
            _ side: String, _ row: Int
        ) throws(MissingEvidence) -> (mean: Double, deviation: Double)? {
            guard let mean = try number("\(side)value_mean", row, within: -1e15...1e15),
                let deviation = try number("\(side)value_sd", row, within: 0...1e15)
            else { return nil }
            return (mean, deviation)
        }
    }
}
