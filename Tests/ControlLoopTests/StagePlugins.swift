import Domain
import Foundation
import Synchronization

/// A clock that only a test moves.
final class SettableClock: Sendable {
    private let moment: Mutex<Timestamp>
    private let risen: Mutex<ContinuousClock.Instant>

    init(_ start: Timestamp) {
        moment = Mutex(start)
        risen = Mutex(.now)
    }

    var now: Timestamp { moment.withLock { $0 } }
    /// The same time by a clock that is never set back.
    var uptime: ContinuousClock.Instant { risen.withLock { $0 } }

    func advance(_ time: Duration) {
        moment.withLock { $0 = $0 + time }
        risen.withLock { $0 += max(.zero, time) }
    }
}

/// Passes where the number in the model's `score.txt` is large enough. Writes a line for each run, so that runs can be counted.
struct ScoreCheck: Check {
    static let id = "test.score"
    static let summary = "compares the number in score.txt"
    let least: Double
    let log: String

    init(_ fields: Fields) throws(FieldErrors) {
        least = fields.value("least", default: 0.5, "the least score")
        log = try fields.required("log", "the file that counts runs")
    }

    func run(on subject: Subject) async throws -> Outcome {
        try append("\(subject.version.model) \(subject.version.tree)\n", to: log)
        guard case .bytes(let bytes)? = try await subject.tools.file(subject.version, "score.txt"),
            let score = Double(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        else { return Outcome(.error, "score.txt cannot be read") }
        let finding = Finding(
            score >= least ? .pass : .fail, "score \(score), at least \(least)", value: score, threshold: least)
        return Outcome([finding], otherwise: finding.message)
    }
}

/// Passes once a file is there, and waits for that as long as it takes; where `only` is given, with the versions of that score alone.
/// A stubborn one holds its thread and does not hear that nobody waits for it any more.
struct WaitingCheck: Check {
    static let id = "test.waiting"
    static let summary = "waits for a file"
    let file: String
    let only: String
    let isStubborn: Bool

    init(_ fields: Fields) throws(FieldErrors) {
        file = try fields.required("file", "the file")
        only = fields.value("only", default: "", "the score")
        isStubborn = fields.value("stubborn", default: false, "whether it cannot be stopped")
    }

    func run(on subject: Subject) async throws -> Outcome {
        if !only.isEmpty, case .bytes(let bytes)? = try await subject.tools.file(subject.version, "score.txt"),
            String(decoding: bytes, as: UTF8.self) != only + "\n"
        {
            return Outcome(.pass, "it need not wait")
        }
        while !FileManager.default.fileExists(atPath: file) {
            if isStubborn { usleep(10_000) } else { try await Task.sleep(for: .milliseconds(10)) }
        }
        try append("\(subject.version.model)\n", to: file + ".log")
        return Outcome(.pass, "it is there")
    }
}

/// Passes where the score is not below that of the version now in the environment.
struct BetterCheck: Check {
    static let id = "test.better"
    static let summary = "compares score.txt with the deployed version's"
    static let looksAt: Set<CheckInput> = [.deployed]

    init(_ fields: Fields) throws(FieldErrors) {}

    func run(on subject: Subject) async throws -> Outcome {
        guard let deployed = subject.deployed else { return Outcome(.pass, "nothing to compare with") }
        let mine = try await score(subject), theirs = try await score(deployed)
        return Outcome(mine >= theirs ? .pass : .fail, "\(mine) against \(theirs)")
    }

    private func score(_ subject: Subject) async throws -> Double {
        guard case .bytes(let bytes)? = try await subject.tools.file(subject.version, "score.txt") else { return 0 }
        return Double(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
}

/// A target that is a folder of text files: `MODEL` holds the revision and digest that run.
///
/// A file `blames` beside them makes it say that the artifact's bytes are wrong, until they are forgotten. A file `refuses` makes every
/// call fail with its text, for a person where there is `refuses.lasting`; `MODEL.hangs` makes the model's apply wait until it is gone.
/// `MODEL.lost` makes the removal of what ran before fail, as where its record is lost.
struct FolderTarget: Target {
    static let kind = "folder"
    static let summary = "writes what should run into a folder"
    let path: String
    var place: String? { path }

    init(_ fields: Fields) throws(FieldErrors) { path = try fields.required("path", "the folder") }

    func apply(_ release: Release, using tools: Tools) async throws {
        try refuse()
        let file = file(release)
        if FileManager.default.fileExists(atPath: path + "/blames") { throw Blame(blamed: release.artifact) }
        guard let artifact = release.artifact else {
            if release.ranBefore, FileManager.default.fileExists(atPath: "\(path)/\(release.model).lost") {
                throw Refused(description: "its record is lost", remedy: .askHuman)
            }
            try? FileManager.default.removeItem(atPath: file)
            return
        }
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try append("\(release.model) \(release.pin.revision)\n", to: path + "/applied.log")
        let text = "\(release.pin.revision) \(artifact.digest)\n"
        while FileManager.default.fileExists(atPath: "\(path)/\(release.model).hangs") {
            try await Task.sleep(for: .milliseconds(10))
        }
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    }

    func observe(_ release: Release, using tools: Tools) async throws -> Running {
        try refuse()
        guard let text = try? String(contentsOfFile: file(release), encoding: .utf8) else { return .nothing }
        guard let digest = release.digest else {
            return text.hasPrefix(release.pin.revision.description) ? .asWanted : .other(text)
        }
        return text == "\(release.pin.revision) \(digest)\n" ? .asWanted : .other(text)
    }

    /// What a test writes into `MODEL.number` beside.
    func number(of release: Release, using tools: Tools) async throws -> Int? {
        try Int(String(contentsOfFile: "\(path)/\(release.model).number", encoding: .utf8))
    }

    func location(of model: String, using tools: Tools) async throws -> String? {
        // A mount that does not answer.
        if FileManager.default.fileExists(atPath: path + "/unseen") {
            throw Refused(description: "\(path) does not answer", remedy: .retry)
        }
        let found = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(model).running")
        return (found?[.systemFileNumber] as? Int).map { "\($0)" }
    }

    private func file(_ release: Release) -> String { "\(path)/\(release.model).running" }

    private func refuse() throws {
        if let text = try? String(contentsOfFile: path + "/refuses", encoding: .utf8) {
            let lasts = FileManager.default.fileExists(atPath: path + "/refuses.lasting")
            throw Refused(description: text, remedy: lasts ? .askHuman : .retry)
        }
    }

    struct Blame: BlamesArtifact {
        let blamed: Artifact?
        var description: String { "wrong bytes" }
        var remedy: Remedy { .retry }
    }

    struct Refused: Failure {
        let description: String
        let remedy: Remedy
    }
}

/// A probe whose answers a test writes into a file: lines of `REVISION-PREFIX|* VERDICT MESSAGE`, the first that fits counts.
struct AnswerProbe: Probe {
    static let kind = "answer"
    static let summary = "answers what a file says"
    let path: String

    init(_ fields: Fields) throws(FieldErrors) { path = try fields.required("path", "the file") }

    func look(at release: Release, using tools: Tools) async -> ProbeResult {
        try? append("\(release.model) \(release.pin.revision)\n", to: path + ".log")
        try? append("\(release.name) \(release.number)\n", to: path + ".served")
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count >= 2, let verdict = Verdict(rawValue: words[1]) else { continue }
            // A model's name may be how a revision begins.
            let isRevision = words[0].count >= 7 && release.pin.revision.description.hasPrefix(words[0])
            if words[0] == "*" || isRevision || words[0] == release.model {
                return ProbeResult(verdict, words.count > 2 ? words[2] : "said so")
            }
        }
        return ProbeResult(.pass, "well")
    }
}

/// Files and artifacts of model versions, straight from the object database.
///
/// A file `MODEL.large` in the folder makes the model's artifact take until it is gone.
enum StageMaterials {
    static func tools(_ store: any Store, folder: String) -> Subject.Tools {
        let read: @Sendable (ModelVersion, String) async throws -> [UInt8]? = { version, path in
            try await store.read { reader in
                let root = try reader.commit(version.revision).tree
                guard let entry = try reader.entry(at: "models/\(version.model)/\(path)", in: root) else { return nil }
                return try reader.blob(entry.id, atMost: 1 << 20)
            }
        }
        var tools = Subject.Tools(
            file: { version, path in try await read(version, path).map(Content.bytes) },
            artifact: { version, pointer in
                guard let path = pointer.path, let bytes = try await read(version, path) else {
                    throw ArtifactFailure(.missing, "\(version.title) has no artifact")
                }
                // As one of many gigabytes does, it takes its time.
                while FileManager.default.fileExists(atPath: "\(folder)/\(version.model).large") {
                    try await Task.sleep(for: .milliseconds(10))
                }
                let digest = SHA256.digest(of: bytes)
                if let promised = pointer.sha256, promised != digest {
                    throw ArtifactFailure(.digestMismatch, "the artifact is \(digest), promised is \(promised)")
                }
                let file = "\(folder)/\(digest.digits)"
                try Data(bytes).write(to: URL(filePath: file))
                return Artifact(path: file, isFolder: false, size: bytes.count, digest: digest)
            },
            data: { _, name in throw ArtifactFailure(.missing, "no dataset \(name)") },
            predictions: { _ in throw ArtifactFailure(.missing, "no predictions") }, store: store)
        tools.forget = { try? FileManager.default.removeItem(atPath: $0.path) }
        tools.live = { address, _ in .bytes(Array(try Data(contentsOf: URL(string: address)!))) }
        return tools
    }
}

private func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
}

/// Finds what the first line of the serving log says: a verdict, and words. Where `wait` is given, it waits for that file first.
struct ServedCheck: Check {
    static let id = "test.served"
    static let summary = "finds what the serving log says"
    let wait: String

    init(_ fields: Fields) throws(FieldErrors) { wait = fields.value("wait", default: "", "the file") }

    func run(on subject: Subject) async throws -> Outcome {
        while !wait.isEmpty, !FileManager.default.fileExists(atPath: wait) {
            try await Task.sleep(for: .milliseconds(10))
        }
        guard let path = subject.manifest.serving?.log else { return Outcome(.skipped, "no log") }
        guard case .bytes(let bytes)? = try await subject.tools.file(subject.version, path) else {
            return Outcome(.inconclusive, "\(path) is not there")
        }
        try append("\(subject.version.revision) \(path)\n", to: wait.isEmpty ? "/dev/null" : wait + ".log")
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)[0].split(
            separator: " ", maxSplits: 1)
        let verdict = Verdict(rawValue: String(words[0])) ?? .error
        return Outcome(
            [Finding(verdict, String(words[1]), value: 0.3, threshold: 0.1)], otherwise: "\(path) is well")
    }
}
