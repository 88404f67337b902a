import Domain

extension Subject {
    /// The report of the training code's tests.
    func testReport(_ path: String) async throws -> TestReport {
        let bytes = try RandomAccessBytes(try await evidence(path, "test report")).all(atMost: RunTable.limit)
        do throws(Malformed) { return try TestReport(bytes) } catch {
            throw MissingEvidence("\(path): \(error)", file: path)
        }
    }

    func coverageReport(_ path: String) async throws -> CoverageReport {
        let bytes = try RandomAccessBytes(try await evidence(path, "coverage report")).all(atMost: RunTable.limit)
        do throws(Malformed) { return try CoverageReport(bytes) } catch {
            throw MissingEvidence("\(path): \(error)", file: path)
        }
    }
}

extension TestReport {
    /// Nothing where no test ran: then nothing was measured.
    func measurements(_ more: [JSON.Member] = []) -> JSON {
        guard !cases.allSatisfy({ $0.result == .skipped }) else { return .empty }
        let counts: [(String, TestReport.Result)] = [("passed", .passed), ("failed", .failed), ("skipped", .skipped)]
        return .object(counts.map { JSON.Member($0.0, .int(count($0.1))) } + more)
    }

    /// Tests that failed, or a report that says nothing.
    func findings(in path: String) -> [Finding] {
        if cases.isEmpty { return [Finding(.fail, "\(path) holds no test", file: path)] }
        if count(.skipped) == cases.count { return [Finding(.fail, "\(path): every test was skipped", file: path)] }
        return cases.filter { $0.result == .failed }.map { test in
            let words = test.message.isEmpty ? "" : ": \(Excerpt.line(test.message, limit: 120))"
            return Finding(.fail, "\(path): \(Excerpt.line(test.name, limit: 120)) failed\(words)", file: path)
        }
    }
}

extension CoverageReport {
    /// The files that match a pattern, sorted; all where there is none.
    func chosen(_ patterns: [String]) -> [String] {
        let wanted = patterns.map(NamePattern.init)
        return files.keys.sorted().filter { file in wanted.isEmpty || wanted.contains { $0.matches(file) } }
    }

    /// Files whose lines ran less than asked for.
    func findings(in path: String, files patterns: [String], atLeast least: Double) -> [Finding] {
        let chosen = chosen(patterns)
        if chosen.isEmpty {
            let what = patterns.isEmpty ? "no file" : "none of the files \(patterns.listed())"
            return [Finding(.inconclusive, "\(path) covers \(what)", file: path)]
        }
        if chosen.allSatisfy({ share(of: $0) == nil }) {
            return [Finding(.inconclusive, "\(path) names no line of \(chosen.listed(3))", file: path)]
        }
        return chosen.compactMap { file in
            guard let share = share(of: file) else { return nil }
            return share >= least
                ? nil
                : Finding(
                    .fail, "\(file): \(share.percent) of its lines are covered, expected \(least.percent)", file: file,
                    value: share, threshold: least)
        }
    }
}
