import Data
import Domain

extension LayerSeries {
    /// The layers that a table of statistics tells of, a row for each layer at each step, in the order of their first rows.
    static func all(in table: RunTable, _ path: String) throws(MissingEvidence) -> [LayerSeries] {
        let names = table.texts(try table.column(nil, or: ["layer", "tensor", "parameter"], in: path)) ?? []
        let stepName = try table.column(nil, or: ["step", "global_step", "epoch"], in: path)
        let steps = try table.numbers(stepName) ?? [], kinds = table.texts("kind")
        let cells = try Cells(table)
        guard !names.isEmpty else { throw MissingEvidence("\(path) has no rows", file: path) }
        guard cells.hasAny else {
            throw MissingEvidence(
                "\(path) has none of the columns \(Cells.names.listed()); it has \(table.columns.listed())", file: path)
        }
        var all: [LayerSeries] = [], places: [[String]: Int] = [:]
        for row in names.indices {
            guard let number = steps[row], number.isFinite else { throw table.gap(in: row, "it has no \(stepName)") }
            guard !names[row].isEmpty else { throw table.gap(in: row, "it names no layer") }
            let kind = kinds.map { $0[row].isEmpty ? "weights" : $0[row] } ?? "weights"
            let name = Excerpt.line(names[row], limit: 120)
            let place = places[[names[row], kind]] ?? all.count
            if place == all.count {
                places[[names[row], kind]] = place
                all.append(LayerSeries(name: name, kind: Excerpt.line(kind, limit: 40)))
            }
            var step = Step(
                number: number, title: "\(stepName) \(number.brief)", file: path, line: table.line(of: row),
                norm: try cells.norm(row), zeros: try cells.share("zeros", row),
                dead: try cells.share("dead_units", row))
            step.counts.nan = try cells.count("nan", row)
            step.counts.infinite = try cells.count("infinite", row)
            all[place].steps.append(step)
        }
        for index in all.indices { try all[index].sort(path) }
        return all
    }

    private mutating func sort(_ path: String) throws(MissingEvidence) {
        steps.sort { $0.number < $1.number }
        for (one, next) in zip(steps, steps.dropFirst()) where one.number == next.number {
            throw MissingEvidence(
                "\(path): \(next.title) of \(name) stands twice (lines \(one.line ?? 0) and \(next.line ?? 0))",
                file: path,
                line: next.line)
        }
    }

    /// The columns of measurements, of which a table needs one.
    private struct Cells {
        static let names = ["norm", "zeros", "dead_units", "nan", "infinite"]
        private var columns: [String: [Double?]] = [:]
        private let table: RunTable

        init(_ table: RunTable) throws(MissingEvidence) {
            for name in Self.names { columns[name] = try table.numbers(name) }
            self.table = table
        }

        var hasAny: Bool { !columns.isEmpty }

        subscript(name: String, row: Int) -> Double? { columns[name]?[row] }

        /// Also one that is no number, which is what is looked for.
        func norm(_ row: Int) throws(MissingEvidence) -> Double? {
            guard let norm = self["norm", row] else { return nil }
            guard !(norm < 0) else { throw table.gap(in: row, "norm is \(norm), expected 0 or more") }
            return norm
        }

        func share(_ name: String, _ row: Int) throws(MissingEvidence) -> Double? {
            guard let share = self[name, row] else { return nil }
            guard (0...1).contains(share) else {
                throw table.gap(in: row, "\(name) is \(share), expected a share from 0 to 1")
            }
            return share
        }

        func count(_ name: String, _ row: Int) throws(MissingEvidence) -> Int {
            guard let count = self[name, row] else { return 0 }
            guard (0...1e15).contains(count), count == count.rounded() else {
                throw table.gap(in: row, "\(name) is \(count), expected a whole number")
            }
            return Int(count)
        }
    }
}
