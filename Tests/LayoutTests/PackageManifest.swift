/// What `Package.swift` says of targets, read from its text.
struct PackageManifest {
    struct Target {
        let name: String
        let folder: String
        let dependencies: Set<String>
    }

    let targets: [Target]

    init() throws {
        let text = try House.text("Package.swift")
        // Each entry of the list begins on a line of its own, eight spaces in.
        let begin = #/(?m)^ {8}(?=\.|room|tests)/#
        let list = text[(text.firstRange(of: "\n    targets: [\n")?.upperBound ?? text.startIndex)...]
        targets = list.split(separator: begin).compactMap { Self.target(String($0)) }
    }

    private static func target(_ entry: String) -> Target? {
        guard let head = entry.firstMatch(of: #/^([.\w]+)\(\s*(?:name: |of: )?"([\w-]+)"/#) else { return nil }
        let kind = String(head.1)
        var name = String(head.2)
        var used: Set<String> = []
        if let names = entry.firstMatch(of: #/(?s)(?:uses|using|dependencies): \[(.*?)\]/#) {
            used = Set(names.1.matches(of: #/"([\w-]+)"/#).map { String($0.1) })
        }
        if kind == "room" { used.insert("Domain") }
        if kind == "tests" {
            used.formUnion([name, "Domain", "TestSupport"])
            name += "Tests"
        }
        let isTest = kind == "tests" || kind == ".testTarget"
        let path = entry.firstMatch(of: #/path: "([^"]+)"/#).map { String($0.1) }
        return Target(name: name, folder: path ?? "\(isTest ? "Tests" : "Sources")/\(name)", dependencies: used)
    }
}
