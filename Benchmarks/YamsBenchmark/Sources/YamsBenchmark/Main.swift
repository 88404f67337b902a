import Foundation
import Yams

/// Reads every YAML file below a folder with Yams: its nodes, or its values as a program would look at them. No types, no rules, no
/// references.
///
///     YamsBenchmark FOLDER compose|load
@main
enum Main {
    static func main() throws {
        guard CommandLine.arguments.count == 3,
            let files = FileManager.default.enumerator(atPath: CommandLine.arguments[1])
        else {
            print("usage: YamsBenchmark FOLDER compose|load")
            exit(2)
        }
        let isLoading = CommandLine.arguments[2] == "load"
        var documents = 0
        while let path = files.nextObject() as? String {
            guard path.hasSuffix(".yaml") else { continue }
            let text = try String(contentsOfFile: CommandLine.arguments[1] + "/" + path, encoding: .utf8)
            if isLoading {
                for _ in try load_all(yaml: text) { documents += 1 }
            } else {
                for _ in try compose_all(yaml: text) { documents += 1 }
            }
        }
        print(documents)
    }
}
