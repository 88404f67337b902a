extension ManifestPath {
    /// What is wrong with a path that looks like a manifest's but is none, so that the file is not read; `nil` for all others.
    public static func nearMiss(_ path: String) -> Diagnostic? {
        // Most files end in nothing of the kind, and a repository may have a great many.
        guard let last = path.utf8.last, last | 0x20 == UInt8(ascii: "l") else { return nil }
        let ending = path.suffix(5).lowercased()
        guard ending == ".yaml" || ending.hasSuffix(".yml"), kind(of: path) == nil else { return nil }
        let lower = path.lowercased()
        if lower.hasSuffix(".yml"), let right = corrected(lower.dropLast(4) + ".yaml") {
            return warning(path, "manifests end in .yaml, so this file is not read", "rename it to \(right)")
        }
        guard lower.hasSuffix(".yaml") else { return nil }
        if let right = corrected(lower) {
            return warning(
                path, "manifests have this path in lower case, so this file is not read", "rename it to \(right)")
        }
        guard let name = doubtfulName(path) else { return nil }
        guard !ManifestName.isValid(name) else {
            return warning(
                path, "a deployment lies in the folder of its environment, so this file is not read",
                "move it to environments/ENVIRONMENT/\(name).yaml, or out of environments/")
        }
        return warning(path, "'\(name)' is no valid name, so this file is not read", "use \(ManifestName.rule)")
    }

    /// The path, where it is one of a manifest.
    private static func corrected(_ path: String) -> String? { kind(of: path) == nil ? nil : path }

    /// The part of a path that would have to be a name, where the rest is right.
    private static func doubtfulName(_ path: String) -> String? {
        let parts = path.pathParts(keepingEmpty: true)
        guard parts.count > 1, let folder = parts.first, let file = parts.last?.dropLast(5) else { return nil }
        guard !parts.contains(where: { $0.hasPrefix(".") }), !["dvc", "params", "kustomization"].contains(file) else {
            return nil
        }
        let inner = parts[1..<(parts.count - 1)]
        switch folder {
        case "models":
            return file == "model" || file == "schema" ? inner.joined(separator: "/") : nil
        case "data", "gates", "environments", "waivers": return (inner + [file]).joined(separator: "/")
        default: return nil
        }
    }

    private static func warning(_ path: String, _ message: String, _ hint: String) -> Diagnostic {
        Diagnostic(file: path, severity: .warning, code: "misnamed", message: message, hint: hint)
    }
}
