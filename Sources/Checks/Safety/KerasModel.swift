import Domain

/// Finds the layers of a Keras file (`.keras`, or HDF5) that run code of the file's own when it is loaded. Nothing is loaded.
enum KerasModel {
    private static let limit = 64 << 20

    static func isConfig(_ name: String) -> Bool { name.pathParts().last == "config.json" }

    /// The layers that a `config.json` names, of a `.keras` archive or of a folder; `nil` where it is not one of Keras.
    static func scan(config source: RandomAccessBytes, _ name: String) throws(Malformed) -> PickleFile.Finding? {
        let config: JSON, text = try source.all(atMost: limit)
        do throws(JSON.SyntaxError) { config = try JSON(parsing: text, python: true) } catch {
            throw Malformed("its config.json is no JSON at byte \(error.offset): \(error.message)")
        }
        guard config["class_name"] != nil else { return nil }
        var finding = PickleFile.Finding(place: name)
        walk(config, &finding)
        finding.imports = finding.imports.unique.sorted()
        finding.dangers = finding.dangers.unique
        return finding
    }

    private static func walk(_ json: JSON, _ finding: inout PickleFile.Finding) {
        for item in json.array ?? [] { walk(item, &finding) }
        let members = json.members ?? []
        // Python believes the last of two.
        if Set(members.map(\.key)).count < members.count { finding.dangers.append("gives one name two values") }
        if let name = json["class_name"]?.string {
            let module = json["module"]?.string
            if running.contains(name) {
                let layer = json["config"]?["name"]?.string ?? name
                finding.dangers.append(
                    "holds the \(Excerpt.line(name)) layer '\(Excerpt.line(layer))', code that runs when it is loaded")
            } else if let module, !KerasNames.contains(module, name, function: json["config"]?.string) {
                let function = name == "function" ? json["config"]?.string : nil
                finding.imports.append("\(module).\(function ?? name)")
            }
        }
        for member in members { walk(member.value, &finding) }
    }

    /// Layers that hold code, or load it from beside the file.
    private static let running: Set<String> = ["Lambda", "__lambda__", "TorchModuleWrapper", "TFSMLayer"]

    static func looksLikeHDF5(_ start: [UInt8]) -> Bool {
        start.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    }

    /// An HDF5 file or a SavedModel keeps the configuration as a text, which is looked for and not parsed: HDF5 is a file system of its own.
    ///
    /// Blanks and escapes in it are undone first, so that every spelling of JSON is the same.
    static func scanText(
        _ source: RandomAccessBytes, name: String, step: Int = 1 << 20
    ) throws(Malformed) -> PickleFile.Finding {
        let words = running.map { Array("\"class_name\":\"\($0)\"".utf8) } + [Array("\"__lambda__\"".utf8)]
        var finding = PickleFile.Finding(place: name)
        var offset = 0
        var plain = PlainJSON()
        while offset < source.size {
            plain.add(try source.bytes(at: offset, count: min(step, source.size - offset)))
            if words.contains(where: plain.contains) {
                finding.dangers = ["holds a Lambda layer, code that runs when it is loaded"]
                break
            }
            for module in plain.texts(after: Array("\"module\":\"".utf8)) where !KerasNames.isModule(module) {
                finding.imports.append("\(module).?")
            }
            offset += step
        }
        finding.imports = finding.imports.unique.sorted()
        return finding
    }
}
