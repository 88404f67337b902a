/// The id in a line `revision: ID` of a deployment. One that another reader could take for a number stands in quotes.
public func pinnedRevision(in line: some StringProtocol) -> String {
    String(line).firstMatch(of: /[0-9a-f]{40}/).map { String($0.output) } ?? ""
}
