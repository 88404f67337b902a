import ArgumentParser
import Checks
import Data
import Domain

struct SchemaOfTables: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Write the first schema of tables: what their columns are now",
        discussion: """
            Types, ranges, values of text columns that have few, keys, and how much may be missing: what is missing now and 5 % \
            more. The tables keep it as it stands; review it, and commit every later change.

                martlet schema infer data/train.csv data/eval.csv --name credit \\
                    --label default > models/credit/schema.yaml
            """)

    @Argument(help: "CSV or JSON Lines, also compressed with gzip or zstd; Parquet", completion: .file())
    var files: [String]

    @Option(help: "The model's name; without it, the first file's")
    var name: String?

    @Option(help: "The column to predict")
    var label: String?

    @Option(
        name: .customLong("null"), parsing: .unconditionalSingleValue,
        help:
            "A text that means no value, besides an empty field (may be given several times); name it in the dataset, too"
    )
    var nulls: [String] = []

    @OptionGroup var decimal: DecimalOption

    @Option(help: "text for the manifest in YAML, json for the same in JSON")
    var output: OutputFormat = .text

    func run() throws {
        let name = name ?? Self.name(of: files.first ?? "")
        guard ManifestName.isValid(name) else {
            throw WrongUse("'\(name)' is no name; expected \(ManifestName.rule): --name NAME")
        }
        let decimalMark = try decimal.tableOptions().decimalMark
        let tables = try files.map { try TableFile.table($0) }
        let schema: InferredSchema
        do {
            schema = try Progress.during { progress throws in
                try InferredSchema(of: tables, nulls: nulls, label: label, decimalMark: decimalMark) { index in
                    progress.tell("reading \(files[index])\(TableFile.place(index, of: files.count))")
                    return progress.watch
                }
            }
        } catch let wrong as InferredSchema.NoSuchColumn { throw WrongUse("\(wrong)") } catch {
            throw CouldNot(message: "Error: \(error)")
        }
        for remark in schema.remarks { Terminal.complain(remark) }
        switch output {
        case .json: Terminal.say(schema.json(name: name).text(pretty: true))
        case .text:
            let text = schema.text(name: name)
            guard text.utf8.count <= 1 << 20 else {
                throw CouldNot(
                    message: "Error: the schema would have \(text.utf8.count) bytes, and a manifest at most 1048576: "
                        + "infer it from fewer columns")
            }
            Terminal.say(text)
        }
    }

    /// What a file is called, without its endings.
    private static func name(of file: String) -> String {
        let last = file.pathParts().last ?? ""
        return String(last.split(separator: ".").first ?? "")
    }
}

extension TableFile {
    /// A file is read in steps; a pipe has to be read at once.
    fileprivate static func table(_ file: String) throws -> InferredSchema.Table {
        try require(file)
        let isLines = TextFormat(fileName: file) == .jsonLines
        if let (path, size, start) = try LocalFile.regular(file) {
            let isParquet = start == Array("PAR1".utf8)
            return InferredSchema.Table(
                name: file, content: .file(path: path, size: size),
                format: isParquet ? .parquet : isLines ? .jsonl : .csv)
        }
        let bytes = try LocalFile.bytes(of: file)
        let isParquet = bytes.starts(with: Array("PAR1".utf8))
        let format: TableFormat = isParquet ? .parquet : TextFormat(fileName: file) == .jsonLines ? .jsonl : .csv
        return InferredSchema.Table(
            name: file, content: isParquet ? .file(path: file, size: bytes.count) : .bytes(bytes), format: format)
    }
}
