public import Domain

/// What a request would move, read from its head: for somebody who is about to put a name to it.
public enum RequestPreview: Sendable {
    case moves([RequestStatus.Move])
    /// Why nothing will come of it.
    case hopeless(String)

    /// - Parameter head: Of the branch `promote/ENV/MODEL`; its objects must be in `store`.
    public static func read(
        _ unit: Unit, head: ObjectID, onto branch: String, _ store: any Store, _ language: any ManifestLanguage,
        verify: @escaping VerifySignature = { _, _ in .notVerifiedHere }
    ) async throws -> RequestPreview {
        let list = try await RequestList.read(
            store, language, branch: branch, environment: unit.environment, verify: verify)
        if let status = list[unit], status.head == head, status.state == .superseded || status.state == .refused {
            return .hopeless("it is \(status.state.rawValue): \(status.reason)")
        }
        return try await store.write { writer in
            guard let tip = try writer.resolve("refs/heads/\(branch)") else { throw LoopError.noBranch(branch) }
            switch try RequestContent.read(unit, head: head, tip: tip, writer, language).finding {
            case .moves(let moves):
                for move in moves {
                    let name = VersionName(model: move.model, revision: move.new.revision)
                    guard let said = move.new.version,
                        let version = try KnownVersion.read(name, writer, language)?.version,
                        let lie = try VersionLabels.objection(to: said, of: version, writer)
                    else { continue }
                    return .hopeless(lie)
                }
                return .moves(moves)
            case .nothing: return .hopeless("all of it is on \(branch) already")
            case .conflicts(let paths):
                return .hopeless("it conflicts with \(branch) in \(RequestContent.names(paths))")
            case .refused(let reason): return .hopeless(reason)
            }
        }
    }
}
