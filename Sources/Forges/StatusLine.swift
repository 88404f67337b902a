import Domain

/// A status as forges take it: at most 140 characters on one line.
enum StatusLine {
    static func text(_ summary: String, limit: Int = 140) -> String {
        let line = summary.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: " "
            default: scalar
            }
        }
        guard line.count > limit else { return String(String.UnicodeScalarView(line)) }
        return String(String.UnicodeScalarView(line.prefix(limit - 1))) + "…"
    }

    /// A status as it is shown now.
    struct Shown: Hashable {
        let name: String
        let state: String
        let summary: String

        init(name: String, state: String, summary: String) {
            (self.name, self.state, self.summary) = (name, state, summary)
        }

        /// Of a forge's record, which calls its name and state so.
        init(_ record: ForgeRecord, name: String, state: String) {
            self.init(
                name: record[name]?.string ?? "", state: record[state]?.string ?? "",
                summary: record["description"]?.string ?? "")
        }
    }

    /// The body of a commit status, as GitHub takes it and Gitea after it.
    static func json(_ status: RequestPresentation.Status) -> JSON {
        let link = status.url.map { [("target_url", JSON.string($0))] } ?? []
        return .object(
            [
                ("state", .string(status.state.rawValue)), ("context", .string(status.name)),
                ("description", .string(text(status.summary))),
            ] + link)
    }

    /// Those that are not shown yet as they are wanted, by the forge's own words for states.
    static func missing(
        _ wanted: [RequestPresentation.Status], among shown: [Shown], word: (RequestPresentation.Status.State) -> String
    ) -> [RequestPresentation.Status] {
        let shown = Set(shown)
        return wanted.filter { !shown.contains(Shown(name: $0.name, state: word($0.state), summary: text($0.summary))) }
    }
}
