public import Domain

/// The artifact can be had, is what its digest promises, and is not too large.
public struct ArtifactIntact: Check {
    public static let id = "infra.artifact"
    public static let version = 2
    public static let summary = "The artifact exists, has the promised digest and size, and fits its budget."

    private let limit: Int?
    let requireDigest: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        let maxSize: ByteSize? = fields.optional("maxSize", "the greatest size, such as 200MiB")
        requireDigest = fields.value("requireDigest", default: false, "whether model.yaml must give the sha256")
        limit = maxSize?.bytes
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let pointer = subject.manifest.artifact
        let name = pointer.shown
        let artifact: Artifact
        do { artifact = try await subject.tools.artifact(subject.version, pointer) } catch let failure
            as ArtifactFailure
        {
            // Most failures name it themselves.
            let address = String(name.prefix { $0 != "?" && $0 != "#" })
            let words = "\(failure)".contains(address) ? "\(failure)" : "\(address): \(failure)"
            let finding = Finding(
                failure.reason == .unreachable ? .error : .fail, words, file: address,
                mayChange: failure.mayChange)
            return Outcome(finding.verdict, finding.message, findings: [finding])
        }
        return Outcome(
            findings(artifact, pointer, name),
            otherwise:
                "\(name) is there: \(ByteSize(bytes: artifact.size)), \(artifact.digest.description.prefix(19))…",
            measurements: ["bytes": .int(artifact.size), "digest": .string(artifact.digest.description)])
    }

    private func findings(_ artifact: Artifact, _ pointer: ArtifactPointer, _ name: String) -> [Finding] {
        var findings: [Finding] = []
        if let promised = pointer.sha256, promised != artifact.digest {
            findings.append(Finding(.fail, "\(name) is \(artifact.digest), expected \(promised)", file: name))
        }
        if pointer.sha256 == nil, requireDigest {
            findings.append(
                Finding(.fail, "model.yaml gives no sha256 of \(name); add 'sha256: \(artifact.digest.digits)'"))
        }
        if let size = pointer.size, size != artifact.size {
            findings.append(
                Finding(
                    .fail, "\(name) has \(artifact.size) bytes, expected \(size)", file: name,
                    value: Double(artifact.size), threshold: Double(size)))
        }
        if artifact.size == 0 { findings.append(Finding(.fail, "\(name) is empty", file: name)) }
        if let limit, artifact.size > limit {
            findings.append(
                Finding(
                    .fail, "\(name) has \(ByteSize(bytes: artifact.size)), more than \(ByteSize(bytes: limit))",
                    file: name, value: Double(artifact.size), threshold: Double(limit)))
        }
        return findings
    }
}
