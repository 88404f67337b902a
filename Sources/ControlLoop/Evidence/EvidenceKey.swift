import Domain

/// Names all that a verdict depends on: equal keys are the same evidence, and it is never computed twice.
struct EvidenceKey: Hashable, Sendable {
    let digest: Digest
    let inputs: [String: String]

    /// - Parameters:
    ///   - earlier: Versions that ran well in the environment before, each by its commit.
    ///   - statuses: What is known of its deployments there and in the environments before, by environment.
    ///   - environment: Where the environment's settings come from.
    ///   - transition: The commit that last changed what runs in the environment; stands for the environment's history.
    init(
        _ requirement: Gate.Requirement, _ type: any Check.Type, _ version: ModelVersion, deployed: ModelVersion?,
        earlier: [ObjectID], statuses: [String: DeploymentStatus], unit: Unit?,
        environment: String?, transition: ObjectID?, records: CheckRecords
    ) {
        var inputs = [
            "check": "\(requirement.check) \(type.version)", "settings": requirement.settings.json.text(),
            "model": version.model, "tree": version.tree.description,
        ]
        for (path, id) in version.data { inputs[path] = id.description }
        if type.looksAt.contains(.deployed) {
            inputs["deployed"] =
                deployed.map {
                    ([$0.tree] + $0.data.sorted { $0.key < $1.key }.map(\.value)).map(\.description).joined(
                        separator: " ")
                } ?? "none"
        }
        if type.looksAt.contains(.earlier) {
            inputs["earlier"] = earlier.map(\.description).joined(separator: " ")
        }
        if type.looksAt.contains(.verified) {
            inputs["verified"] = statuses.sorted { $0.key < $1.key }.map { name, status in
                "\(name) \(status.verified.first.map { "\($0.commit?.description ?? "") \($0.at)" } ?? "none")"
            }.joined(separator: ", ")
        }
        if type.looksAt.contains(.environment) {
            inputs["environment"] = "\(unit?.environment ?? "") \(environment ?? "")"
        }
        if type.looksAt.contains(.history) {
            inputs["history"] = "\(unit?.description ?? "") \(transition?.description ?? "")"
            inputs["revision"] = version.revision.description
        }
        if type.looksAt.contains(.label) { inputs["label"] = version.label ?? "none" }
        if type.looksAt.contains(.signers) { inputs["signers"] = records.signers }
        if type.looksAt.contains(.notices) {
            inputs["notices"] = records.notices[version.model]?.description ?? "none"
        }
        self.inputs = inputs
        let text = inputs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        digest = SHA256.digest(of: Array(text.utf8))
    }
}
