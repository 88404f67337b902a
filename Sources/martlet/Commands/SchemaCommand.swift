import ArgumentParser
import Domain
import Manifests

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of a kind of manifest, or infer the schema of tables",
        discussion: """
                martlet schema Model > .vscode/model.schema.json
                martlet schema infer train.csv --name credit > models/credit/schema.yaml
            """, subcommands: [SchemaOfKind.self, SchemaOfTables.self], defaultSubcommand: SchemaOfKind.self)
}

struct SchemaOfKind: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kind", abstract: "Print the JSON Schema (2020-12) of a kind of manifest, for editors",
        discussion: "    martlet schema Model > .vscode/model.schema.json")

    @Argument(
        help: "\(ManifestKinds.all.dropLast().joined(separator: ", ")) or \(ManifestKinds.all.last ?? "")",
        completion: .list(ManifestKinds.all))
    var kind: String

    @Option(help: "text and json are the same here")
    var output: OutputFormat = .json

    func run() throws {
        guard let schema = ManifestSchemas.schema(kind, plugins: Kind.schemas) else {
            let near = Suggestion.nearest(to: kind, in: ManifestKinds.all)
            throw WrongUse(
                "there is no kind '\(kind)'; "
                    + (near.map { "did you mean '\($0)'?" } ?? "known: \(ManifestKinds.all.joined(separator: ", "))"))
        }
        Terminal.say(schema.text(pretty: true))
    }
}
