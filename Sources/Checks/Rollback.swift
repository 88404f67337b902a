public import Domain

/// I7: reverting the promotion would give back the previous state exactly, and the version it leads to can still be had.
///
/// A drill in the object database: the promotion is committed there, reverted there, and the trees are compared.
/// No reference moves and no target is touched.
public struct Rollback: Check {
    public static let id = "infra.rollback"
    public static let version = 2
    public static let summary = "Reverting the promotion restores the previous tree, whose artifact is still there."
    public static let looksAt: Set<CheckInput> = [.deployed, .history, .environment]

    public init(_ fields: Fields) throws(FieldErrors) {}

    public func run(on subject: Subject) async throws -> Outcome {
        guard let environment = subject.environment?.name else {
            return Outcome(.skipped, "a rollback can be tried where a version enters an environment; name one")
        }
        guard let deployed = subject.deployed else {
            let words = "nothing runs in \(environment) yet: the first version has nothing to be rolled back to"
            return Outcome(.warn, words, findings: [Finding(.warn, words)])
        }
        let drill = Drill(
            path: Snapshot.path(ofDeployment: subject.version.model, in: environment), tip: subject.tip,
            now: subject.now, old: deployed.version.revision, new: subject.version.revision)
        return try await Outcome.from {
            let result: Drill.Result
            do { result = try await subject.tools.store.write { try drill.run($0) } } catch let gap as MissingEvidence {
                throw gap
            } catch {
                return Outcome([Finding(.error, "the rollback could not be rehearsed: \(error)")], otherwise: "")
            }
            var findings = result.findings
            findings += await artifactFindings(of: deployed)
            if let earlier = result.earlier { findings += try await warnings(about: earlier, before: deployed) }
            return Outcome(
                findings,
                otherwise:
                    "reverting the promotion restores \(environment) exactly; \(deployed.version.title) can be had",
                measurements: [
                    "back_to": .string(deployed.version.revision.description),
                    "before_that": JSON(result.earlier?.description),
                ])
        }
    }

    private func artifactFindings(of deployed: Subject) async -> [Finding] {
        do {
            let artifact = try await deployed.tools.artifact(deployed.version, deployed.manifest.artifact)
            guard let digest = deployed.version.digest, digest != artifact.digest else { return [] }
            return [.changed(deployed.version, artifact.digest, expected: digest)]
        } catch let failure as ArtifactFailure {
            return [.gone(deployed.version, failure)]
        } catch { return [Finding(.error, "the artifact of \(deployed.version.title): \(error)")] }
    }

    /// The version before the last promotion: what a second rollback would lead to.
    private func warnings(about revision: ObjectID, before deployed: Subject) async throws -> [Finding] {
        let model = deployed.version.model
        let isThere = try await deployed.tools.store.read { reader in
            guard let commit = try? reader.commit(revision) else { return false }
            return try reader.entry(at: "models/\(model)", in: commit.tree) != nil
        }
        return isThere
            ? [] : [Finding(.warn, "the version before that, \(revision.short), is no longer in the repository")]
    }
}

/// A promotion and its revert, made in the object database alone.
struct Drill: Sendable {
    let path: String
    let tip: ObjectID
    let now: Timestamp
    let old: ObjectID
    let new: ObjectID

    struct Result: Sendable {
        var findings: [Finding] = []
        /// What ran before the version that runs now.
        var earlier: ObjectID?
    }

    func run(_ writer: any ObjectWriter) throws -> Result {
        let head = try writer.commit(tip)
        guard let file = try writer.entry(at: path, in: head.tree) else {
            throw MissingEvidence("\(path) is not on the branch, though a version runs there", file: path)
        }
        let text = try writer.blob(file.id, atMost: 1 << 20)
        // Of the version that runs already, the promotion is gone back first.
        guard let before = Self.names(old, in: text) ? text : Self.replacing(new, by: old, in: text),
            let promoted = Self.replacing(old, by: new, in: before)
        else { throw MissingEvidence("\(path) does not name the revision \(old.short) that runs there", file: path) }
        func tree(_ text: [UInt8]) throws -> ObjectID {
            let edit = TreeEdit(set: path, to: try writer.write(blob: text), mode: file.mode)
            return try writer.write(tree: head.tree, edits: [edit])
        }
        func commit(_ text: [UInt8], on parent: ObjectID) throws -> ObjectID {
            let person = Person(name: "martlet", email: "martlet@localhost", time: now)
            return try writer.write(
                CommitDraft(
                    tree: try tree(text), parents: [parent], author: person, message: "Rehearse a rollback of \(path)\n"
                ))
        }
        let start = before == text ? tip : try commit(before, on: tip)
        let promotion = try commit(promoted, on: start)
        var result = Result(earlier: try earlier(writer))
        guard let restored = try writer.revert(promotion, on: promotion) else {
            result.findings.append(Finding(.fail, "the promotion of \(path) could not be reverted cleanly", file: path))
            return result
        }
        if try restored != tree(before) {
            result.findings.append(
                Finding(.fail, "reverting the promotion of \(path) gives another tree than before it", file: path))
        }
        return result
    }

    /// The revision that the file named before its last change, along first parents.
    private func earlier(_ reader: any ObjectReader) throws -> ObjectID? {
        var newer: (entry: ObjectID?, text: ObjectID?)?
        var found: ObjectID?
        try reader.firstParents(from: tip) { commit in
            let entry = try reader.entry(at: path, in: commit.tree)?.id
            if let newer, newer.entry == entry { return true }
            guard let entry else { return false }
            let text = Self.revision(in: try reader.blob(entry, atMost: 1 << 20))
            if let newer, newer.text != text {
                found = text
                return false
            }
            newer = (entry, text)
            return true
        }
        return found
    }

    private static func names(_ revision: ObjectID, in text: [UInt8]) -> Bool {
        replacing(revision, by: .zero, in: text) != nil
    }

    private static func replacing(_ old: ObjectID, by new: ObjectID, in text: [UInt8]) -> [UInt8]? {
        guard old != new else { return text + Array("\n".utf8) }
        let needle = Array(old.description.utf8)
        guard text.count >= needle.count,
            let place = (0...text.count - needle.count).first(where: { text[$0..<$0 + 40].elementsEqual(needle) })
        else { return nil }
        return Array(text[..<place]) + Array(new.description.utf8) + Array(text[(place + 40)...])
    }

    /// The 40 digits after `revision:`.
    static func revision(in text: [UInt8]) -> ObjectID? {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: line, as: UTF8.self).trimmed
            guard line.hasPrefix("revision:") else { continue }
            let value = line.dropFirst("revision:".utf8.count).drop { $0 == " " || $0 == "\"" || $0 == "'" }
            return ObjectID(String(value.prefix(40)))
        }
        return nil
    }
}

extension Finding {
    fileprivate static func gone(_ version: ModelVersion, _ failure: ArtifactFailure) -> Finding {
        Finding(
            failure.reason == .unreachable ? .error : .fail,
            "the artifact of \(version.title), which a rollback leads to, cannot be had: \(failure)",
            mayChange: failure.reason == .notYet)
    }

    fileprivate static func changed(_ version: ModelVersion, _ found: Digest, expected: Digest) -> Finding {
        Finding(.fail, "the artifact of \(version.title) is \(found), the deployment promised \(expected)")
    }
}
