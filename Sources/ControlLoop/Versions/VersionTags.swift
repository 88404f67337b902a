import Domain

/// The tags `MODEL@v1.4.0` that register versions, as `gto register` writes them (github.com/iterative/gto): annotated, on the version's
/// commit. GTO knows one version a commit, and one commit a version; what somebody registered or took back is theirs to change.
struct VersionTags {
    private var byModel: [String: [Reference]] = [:]
    /// What was found missing already: two environments may run one version.
    private var names: Set<String> = []

    /// What is to be done about a version's tag.
    enum Finding {
        case nothing
        case missing(Tag)
        /// Why there can be none.
        case objection(String)
    }

    /// Reads the names of all such tags at one go; the tags themselves are opened where they are asked for.
    init(_ reader: any ObjectReader) throws {
        for reference in try reader.references(matching: "refs/tags/*@v*") {
            let name = reference.name.dropFirst("refs/tags/".utf8.count)
            byModel[String(name.prefix { $0 != "@" }), default: []].append(reference)
        }
    }

    mutating func look(at pin: Pin, of model: String, by author: Person, _ reader: any ObjectReader) throws -> Finding {
        guard let version = pin.version else { return .nothing }
        let name = "\(model)@\(version)"
        guard Self.isVersion(version) else {
            return .objection(
                "no tag is written for \(model) '\(Excerpt.line(version))': that is no version such as v1.4.0")
        }
        let events = try VersionLabels.events(of: model, in: byModel[model] ?? [], reader)
        let tree = try reader.entry(at: "models/\(model)", in: reader.commit(pin.revision).tree)?.id
        for event in events where event.version == version {
            let isSame = try tree.map { try VersionLabels.shows($0, model, event.target, reader) } ?? false
            guard event.target != pin.revision, !isSame else { return .nothing }
            return .objection(
                "the tag \(name) stands at \(event.target.short), and is not moved to \(pin.revision.short), which a deployment "
                    + "calls so: correct the deployment's version, or the tag")
        }
        let withdrawn = Set(events.filter { $0.isWithdrawal && $0.target == pin.revision }.map(\.version))
        if let other = events.first(where: {
            $0.isAnnotated && !$0.isWithdrawal && $0.target == pin.revision && !withdrawn.contains($0.version)
        }) {
            return .objection(
                "no tag \(name) is written: \(pin.revision.short) is registered as \(other.version), and GTO knows one version a "
                    + "commit")
        }
        guard names.insert(name).inserted else { return .nothing }
        return .missing(
            Tag(
                name: name, target: pin.revision, tagger: author,
                message: "Registering artifact \(model) version \(version)"))
    }

    /// `v` and a version as semver.org has it (items 2, 9 and 10), nothing looser: GTO leaves that out.
    static func isVersion(_ text: String) -> Bool {
        guard text.hasPrefix("v"), text.utf8.count <= 128 else { return false }
        let parts = text.dropFirst().split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let front = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let core = words(front[0])
        return core.count == 3 && core.allSatisfy { isNumber($0) && $0.utf8.count <= 18 && isOrdered($0) }
            && front.dropFirst().flatMap(words).allSatisfy(isOrdered)
            && parts.dropFirst().flatMap(words).allSatisfy(isIdentifier)
    }

    private static func words(_ text: Substring) -> [Substring] {
        text.split(separator: ".", omittingEmptySubsequences: false)
    }

    private static func isNumber(_ word: Substring) -> Bool { word.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    private static func isIdentifier(_ word: Substring) -> Bool {
        !word.isEmpty
            && word.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
            }
    }

    /// A number has no leading zeros.
    private static func isOrdered(_ word: Substring) -> Bool {
        isIdentifier(word) && !(word.utf8.count > 1 && word.hasPrefix("0") && isNumber(word))
    }
}
