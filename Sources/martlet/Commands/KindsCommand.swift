import ArgumentParser
import Domain

struct KindsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kinds",
        abstract:
            "List the kinds of manifests, checks, targets, probes, forges, notifiers and engines that manifests can name",
        discussion: """
            With a name, the settings of that kind.

                martlet kinds
                martlet kinds model.slices
            """)

    @Argument(
        help: "A check, target, probe, forge, notifier or engine",
        completion: .list(Set(Kind.plugins.map(\.name)).sorted()))
    var name: String?

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        if let name { return try describe(name) }
        let kinds = Kind.manifests + Kind.plugins
        let sorts = ["manifests", "checks", "targets", "probes", "forges", "notifiers", "engines"].map { sort in
            (sort, kinds.filter { $0.sort + "s" == sort })
        }
        switch output {
        case .json:
            let members = sorts.map { sort, kinds in
                (sort, JSON.array(kinds.map { ["name": .string($0.name), "summary": .string($0.summary)] }))
            }
            Terminal.say(JSON.object(members).text(pretty: true))
        case .text:
            for (sort, kinds) in sorts {
                Terminal.say(Terminal.paint(sort, .bold))
                Terminal.say(
                    Terminal.table([["", ""]] + kinds.map { ["  " + $0.name, $0.summary] }).split(separator: "\n")
                        .dropFirst().joined(separator: "\n"))
            }
        }
    }

    /// Several sorts may have a kind of one name, such as `exec`.
    private func describe(_ name: String) throws {
        let found = Kind.plugins.filter { $0.name == name }
        guard !found.isEmpty else {
            guard !ManifestKinds.all.contains(name) else {
                throw WrongUse("\(name) is a kind of manifest: martlet schema \(name)")
            }
            let near = Suggestion.nearest(to: name, in: Kind.plugins.map(\.name))
            throw WrongUse(
                "there is no kind '\(name)'; " + (near.map { "did you mean '\($0)'?" } ?? "'martlet kinds' lists them"))
        }
        switch output {
        case .json: Terminal.say(JSON.array(found.map(\.json)).text(pretty: true))
        case .text: Terminal.say(found.map(\.text).joined(separator: "\n\n"))
        }
    }
}
