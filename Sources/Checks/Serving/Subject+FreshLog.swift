import Domain

extension Subject {
    /// The serving log as a check of what goes on now may use it. Throws ``MissingEvidence`` where there is none, or where its
    /// newest request is older than `maxAge`: what was so long ago says nothing of today.
    ///
    /// A log without times cannot be too old.
    ///
    /// - Parameter anyVersion: Whether requests to the model's other versions are kept, too.
    func freshLog(
        last window: Duration?, notOlderThan maxAge: Duration?, anyVersion: Bool = false
    ) async throws -> ServingLog {
        guard let log = try await servingLog(last: window, anyVersion: anyVersion) else {
            throw MissingEvidence("no serving log")
        }
        if let maxAge, let newest = log.entries.compactMap(\.time).max(), now - newest > maxAge {
            let days = (now - newest).milliseconds / 86_400_000
            throw MissingEvidence(
                "\(log.path): the newest request came \(days) days ago, \(maxAge.text) are allowed (maxAge)",
                file: log.path)
        }
        return log
    }
}

extension ServingLog {
    /// The end of a sentence where the newest request came more than thirty days ago: nobody may ask the model any more.
    func remarkOnAge(at now: Timestamp) -> String {
        guard let newest = entries.compactMap(\.time).max(), now - newest > .seconds(30 * 86_400) else { return "" }
        return "; the newest request came \((now - newest).milliseconds / 86_400_000) days ago"
    }
}

extension Fields {
    /// The setting of checks that look at what is served now.
    var maxLogAge: Duration? {
        optional("maxAge", "how long ago the newest request may have come, such as 7d; without it, any time")
    }
}
