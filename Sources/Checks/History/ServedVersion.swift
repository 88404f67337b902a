import Domain

/// Which version a server of the Open Inference Protocol says that it serves, beside the one that Git says.
///
/// A server may name versions as it likes: a name that may be any version's, such as the number of a folder, tells nothing.
struct ServedVersion {
    private let address: String
    private let running: RunningVersion
    private let environment: String
    private let isSubject: Bool
    /// What the server lists.
    private let names: [String]
    private let match: Match

    private enum Match: String {
        case same, other, unknown
    }

    /// `nil` where nothing is verified to run, or nobody names a server. Throws where the server cannot be asked.
    init?(of subject: Subject, _ running: RunningVersion?, timeout: Duration) async throws {
        guard let running, let address = running.address, let environment = subject.environment?.name else {
            return nil
        }
        self.address = address
        self.running = running
        self.environment = environment
        isSubject = running.version === subject
        let server = InferenceServer(at: address, of: subject, timeout: timeout)
        let names = try await server.metadata().versions
        self.names = names
        let others = ([subject, subject.deployed].compactMap(\.self) + subject.earlier).filter {
            $0 !== running.version
        }
        if names.contains(where: { running.version.isServed(as: $0) }) {
            match = .same
        } else {
            let told = names.contains { name in
                others.contains { $0.isServed(as: name) } || running.version.version.excludes(name)
            }
            match = told ? .other : .unknown
        }
    }

    private var listed: String { names.map { Excerpt.line($0, limit: 80) }.listed(4) }

    /// What follows where the server serves what it should.
    var text: String? { match == .same ? "\(address) says that it serves \(listed)" : nil }

    /// Of another version than the one that is judged only a warning: its age is not this one's.
    var finding: Finding? {
        let title = running.version.version.title
        switch match {
        case .same: return nil
        case .other:
            return Finding(
                isSubject ? .fail : .warn,
                "\(environment) is said to run \(title), and \(address) says that it serves \(listed); make it serve that version",
                mayChange: true)
        case .unknown:
            let words = names.isEmpty ? "names no version" : "says that it serves \(listed), which may be any version"
            return Finding(.skipped, "whether \(environment) serves \(title) is not known: \(address) \(words)")
        }
    }

    var json: JSON {
        ["versions": .array(names.prefix(20).map { .string(Excerpt.line($0)) }), "is": .string(match.rawValue)]
    }
}

extension Subject {
    /// Whether a server's name of a version is certainly this one's: its label, its commit, or its artifact's digest.
    fileprivate func isServed(as name: String) -> Bool {
        let digest = manifest.artifact.sha256 ?? version.digest
        if let digest, name == digest.digits || name == digest.description { return true }
        if name.utf8.count >= 7, version.revision.description.hasPrefix(name) { return true }
        return version.label.map { name == $0 || "v" + name == $0 } ?? false
    }
}

extension ModelVersion {
    /// Whether a name is of the same sort as this version's own, and another: a whole commit or digest, or a version of numbers with dots.
    fileprivate func excludes(_ name: String) -> Bool {
        let isHexadecimal = name.allSatisfy { "0123456789abcdef".contains($0) }
        if isHexadecimal, [40, 64].contains(name.utf8.count) { return true }
        guard let label else { return false }
        return Self.hasDottedNumbers(label) && Self.hasDottedNumbers(name)
    }

    private static func hasDottedNumbers(_ name: String) -> Bool {
        let parts = (name.hasPrefix("v") ? name.dropFirst() : name[...]).split(
            separator: ".", omittingEmptySubsequences: false)
        return parts.count > 1 && parts.prefix(2).allSatisfy { Int($0) != nil }
    }
}
