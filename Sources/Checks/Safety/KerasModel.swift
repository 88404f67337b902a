import Domain

/// Finds the layers of a Keras file (`.keras`, or HDF5) that run code of the file's own when it is loaded. Nothing is loaded.
enum KerasModel {
    private static let limit = 64 << 20

    /// The layers of a `.keras` archive, by the configuration in it; `nil` where there is none.
    static func scan(_ zip: ZipDirectory) throws(Malformed) -> PickleFile.Finding? {
        guard let entry = zip.entries.first(where: { $0.name == "config.json" }) else { return nil }
        let text = try zip.bytes(of: entry, atMost: limit)
        let config: JSON
        do throws(JSON.SyntaxError) { config = try JSON(parsing: text, python: true) } catch {
            throw Malformed("its config.json is no JSON at byte \(error.offset): \(error.message)")
        }
        guard config["class_name"] != nil else { return nil }
        var finding = PickleFile.Finding(place: entry.name)
        walk(config, &finding)
        finding.imports = finding.imports.unique.sorted()
        finding.dangers = finding.dangers.unique
        return finding
    }

    private static func walk(_ json: JSON, _ finding: inout PickleFile.Finding) {
        for item in json.array ?? [] { walk(item, &finding) }
        if let name = json["class_name"]?.string {
            let module = json["module"]?.string
            if name == "Lambda" || name == "__lambda__" {
                let layer = json["config"]?["name"]?.string ?? name
                finding.dangers.append(
                    "holds the Lambda layer '\(Excerpt.line(layer))', code that runs when it is loaded")
            } else if let module, module != "keras", !module.hasPrefix("keras."), module != "builtins" {
                finding.imports.append("\(module).\(name)")
            }
        }
        for member in json.members ?? [] { walk(member.value, &finding) }
    }

    static func looksLikeHDF5(_ start: [UInt8]) -> Bool {
        start.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A])
    }

    /// An HDF5 file keeps the configuration as one text, which is looked for and not parsed: the format is a file system of its own.
    static func scanHDF5(_ source: ByteSource, name: String) throws(Malformed) -> PickleFile.Finding {
        let words = ["\"class_name\": \"Lambda\"", "\"class_name\":\"Lambda\"", "\"__lambda__\""].map { Array($0.utf8) }
        let step = 1 << 20
        var finding = PickleFile.Finding(place: name)
        var offset = 0
        while offset < source.size {
            // Windows overlap, so that no word is cut in two.
            let bytes = try source.bytes(at: offset, count: min(step + 64, source.size - offset))
            if words.contains(where: { Self.contains(bytes, $0) }) {
                finding.dangers = ["holds a Lambda layer, code that runs when it is loaded"]
                break
            }
            offset += step
        }
        return finding
    }

    private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
        guard bytes.count >= word.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...bytes.count - word.count).contains { start in
                bytes[start] == word[0] && bytes[start + 1] == word[1]
                    && bytes[start..<start + word.count].elementsEqual(word)
            }
        }
    }
}
