import Foundation

/// The `python3` of this machine.
public enum Python {
    /// Whether it can judge manifests by their schemas.
    public static let hasJSONSchema =
        (try? run("import yaml; from jsonschema import Draft202012Validator; print('yes')")) == "yes\n"

    /// What a script prints.
    public static func run(_ script: String, _ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
