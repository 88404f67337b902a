/// Gates that environments name.
extension References {
    /// Of an environment: its gate, and those of some of its models.
    mutating func checkGates(of environment: Environment, _ file: String) {
        if let gate = environment.gate { expect(Gate.kind, gate, among: snapshot.gates, file, ["spec", "gate"]) }
        for rule in environment.gates {
            expect(Gate.kind, rule.gate, among: snapshot.gates, file, ["spec", "gates"])
            for model in rule.models {
                if !model.hasSuffix("/*") {
                    expect(Model.kind, model, among: snapshot.models, file, ["spec", "gates"])
                } else if !snapshot.models.keys.contains(where: { ModelName.means($0, by: model) }) {
                    note(
                        file, ["spec", "gates"], "without-effect", severity: .warning,
                        "gates: there is no model below '\(Excerpt.line(model))', so gate '\(rule.gate)' counts for none there",
                        hint: "name the models, or a folder of models such as lending/*")
                }
            }
        }
    }
}
