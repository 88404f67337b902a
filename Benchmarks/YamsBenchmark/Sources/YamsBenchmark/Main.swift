import Foundation
import Yams

/// Reads every YAML file below a folder and composes its nodes with Yams: no types, no rules, no references.
///
///     YamsBenchmark FOLDER
@main
enum Main {
    static func main() throws {
        guard CommandLine.arguments.count == 2,
            let files = FileManager.default.enumerator(atPath: CommandLine.arguments[1])
        else {
            print("usage: YamsBenchmark FOLDER")
            exit(2)
        }
        var documents = 0
        while let path = files.nextObject() as? String {
            guard path.hasSuffix(".yaml") else { continue }
            let text = try String(contentsOfFile: CommandLine.arguments[1] + "/" + path, encoding: .utf8)
            for _ in try compose_all(yaml: text) { documents += 1 }
        }
        print(documents)
    }
}
