import ArgumentParser
import Domain

struct KindsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds",
        abstract: "List the kinds of manifests, checks, targets, probes, forges and notifiers that manifests can name")

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() {
        let sorts: [(String, [(String, String)])] = [
            ("manifests", ManifestKinds.all.map { ($0, "martlet schema \($0)") }),
            ("checks", BuiltIns.checks.types.map { ($0.id, $0.summary) }),
            ("targets", BuiltIns.targets.kinds.map { ($0, BuiltIns.targets[$0]?.summary ?? "") }),
            ("probes", BuiltIns.probes.kinds.map { ($0, BuiltIns.probes[$0]?.summary ?? "") }),
            ("forges", BuiltIns.forges.kinds.map { ($0, BuiltIns.forges[$0]?.summary ?? "") }),
            ("notifiers", BuiltIns.notifiers.kinds.map { ($0, BuiltIns.notifiers[$0]?.summary ?? "") }),
        ]
        switch output {
        case .json:
            let members = sorts.map { sort in
                (sort.0, JSON.array(sort.1.map { ["name": .string($0.0), "summary": .string($0.1)] }))
            }
            Terminal.say(JSON.object(members).text(pretty: true))
        case .text:
            for (sort, names) in sorts {
                Terminal.say(Terminal.paint(sort, .bold))
                Terminal.say(
                    Terminal.table([["", ""]] + names.map { ["  " + $0.0, $0.1] }).split(separator: "\n").dropFirst()
                        .joined(separator: "\n"))
            }
        }
    }
}
