import Data
import Domain

/// What the servers of a version use and how fast they answer: a row of each server for each minute, or whatever time is usual.
///
/// Known columns: `ts`; `instance`, where there are several servers; `uptime_seconds`, which tells a start anew.
struct UsageTable {
    let path: String
    private let table: RunTable
    private let times: [Timestamp]

    init(_ table: RunTable, path: String) throws(MissingEvidence) {
        let column = try table.column("ts", or: [], in: path)
        let texts = table.texts(column) ?? []
        var times: [Timestamp] = []
        for (row, text) in texts.enumerated() {
            guard let time = Timestamp(orDay: text) else {
                throw table.gap(
                    in: row, "ts is '\(Excerpt.line(text))', expected a time such as 2026-11-21T09:30:00Z")
            }
            times.append(time)
        }
        guard !times.isEmpty else { throw MissingEvidence("\(path) holds no row", file: path) }
        self.table = table
        self.times = times
        self.path = path
    }

    /// A column's numbers, or those of one divided by another's (`cpu_seconds/requests`), in the order of time; empty cells and what is
    /// divided by nothing are left out. `nil` where the first column is not there.
    func numbers(_ measure: String) throws(MissingEvidence) -> [Double]? {
        guard let found = try cells(measure) else { return nil }
        return times.indices.sorted { (times[$0], $0) < (times[$1], $1) }.compactMap { found[$0] }
    }

    /// What a measure is divided by and the table lacks.
    func lacks(of measure: String) -> String? {
        let parts = MeasureName(measure)
        guard table.index(measure) == nil, table.index(parts.dividend) != nil, let divisor = parts.divisor,
            table.index(divisor) == nil
        else {
            return nil
        }
        return divisor
    }

    private func cells(_ measure: String) throws(MissingEvidence) -> [Double?]? {
        if let values = try usable(measure) { return values }
        let parts = MeasureName(measure)
        guard let values = try usable(parts.dividend) else { return nil }
        guard let divisor = parts.divisor else { return values }
        guard let load = try usable(divisor) else { return nil }
        return zip(values, load).map { value, load in
            value.flatMap { value in load.flatMap { $0 > 0 && (value / $0).isFinite ? value / $0 : nil } }
        }
    }

    /// Sizes and times: finite and not negative.
    private func usable(_ column: String) throws(MissingEvidence) -> [Double?]? {
        guard let values = try table.numbers(column) else { return nil }
        if let row = values.firstIndex(where: { $0.map { !$0.isFinite || $0 < 0 } ?? false }) {
            throw table.gap(in: row, "\(column) is \(values[row] ?? 0), expected a number of at least 0")
        }
        return values
    }

    /// What one server used from one start to the next, by hours since that start.
    struct Run {
        let server: String?
        var hours: [Double] = []
        var values: [Double] = []
    }

    static let mostServers = 100

    /// The rows of each server since each of its starts, without those of the first `warmUp`; `nil` where there is no such column.
    func runs(of column: String, after warmUp: Duration) throws(MissingEvidence) -> [Run]? {
        guard let values = try usable(column) else { return nil }
        let names = table.texts("instance"), uptimes = try usable("uptime_seconds")
        let rows = Dictionary(grouping: times.indices) { ExactText(names?[$0] ?? "") }
        guard rows.count <= Self.mostServers else {
            throw MissingEvidence(
                "\(path) names \(rows.count.grouped) servers, \(Self.mostServers) are looked at", file: path)
        }
        return rows.sorted { $0.key.text < $1.key.text }.flatMap { name, rows in
            var runs: [Run] = [], start = times[rows[0]], last = -1.0
            for row in rows.sorted(by: { (times[$0], $0) < (times[$1], $1) }) {
                let uptime = uptimes?[row]
                if runs.isEmpty || uptime.map({ $0 < last }) ?? false {
                    runs.append(Run(server: names == nil ? nil : name.text))
                    start = times[row] + .milliseconds(-Int64(min(uptime ?? 0, 1e12) * 1000))
                }
                last = uptime ?? last
                guard let value = values[row], times[row] - start >= warmUp else { continue }
                runs[runs.count - 1].hours.append(Double((times[row] - start).milliseconds) / 3_600_000)
                runs[runs.count - 1].values.append(value)
            }
            return runs
        }
    }
}

extension UsageTable.Run {
    /// From the first row to the last.
    var span: Double { (hours.last ?? 0) - (hours.first ?? 0) }

    /// Medians of as many neighbours each as leave at most `most`.
    func thinned(to most: Int) -> Self {
        let each = (values.count + most - 1) / most
        guard each > 1 else { return self }
        var thin = Self(server: server)
        for start in stride(from: 0, to: values.count, by: each) {
            let part = start..<min(start + each, values.count)
            thin.hours.append(hours[part].median)
            thin.values.append(values[part].median)
        }
        return thin
    }
}
