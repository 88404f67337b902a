import Foundation

/// The `python3` of this machine.
public enum Python {
    /// Whether it can judge manifests by their schemas.
    public static let hasJSONSchema =
        (try? run("import yaml; from jsonschema import Draft202012Validator; print('yes')")) == "yes\n"

    /// Puts the schemas of a folder, by the kind that each is of, into `schemas`; for scripts whose first argument that is.
    public static let schemas = #"""
        import glob, json, re, sys, yaml
        from jsonschema import Draft202012Validator
        schemas = {}
        for path in glob.glob(sys.argv[1] + "/*.json"):
            schema = json.load(open(path))
            if isinstance(schema, dict) and "title" in schema:
                Draft202012Validator.check_schema(schema)
                schemas[schema["title"]] = Draft202012Validator(schema)

        """#

    /// What a script prints. Throws what it says where it fails.
    public static func run(_ script: String, _ arguments: String...) throws -> String {
        let ended = try spawn(
            ["/usr/bin/env", "python3", "-c", script] + arguments, environment: ProcessInfo.processInfo.environment,
            timeout: .seconds(120))
        guard ended.code == 0 else { throw Failed(errors: String(decoding: ended.errors, as: UTF8.self)) }
        return String(decoding: ended.output, as: UTF8.self)
    }

    struct Failed: Error, CustomStringConvertible {
        let errors: String
        var description: String { "the script failed: \(errors)" }
    }
}
