import Domain

/// Which lines the tests ran, read from a report in the XML of Cobertura or JaCoCo, or in LCOV's text.
struct CoverageReport {
    /// By file, each line with how often it ran; of JaCoCo, how many instructions of it.
    private(set) var files: [String: [Int: Int]] = [:]

    init(_ bytes: [UInt8]) throws(Malformed) {
        let isXML = bytes.first { !$0.isBlank && ![0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "<")
        if isXML { try read(xml: bytes) } else { try read(lcov: bytes) }
    }

    /// Cobertura names files in `class` and counts `hits`; JaCoCo names them in `package` and `sourcefile` and counts covered
    /// instructions, `ci`.
    private mutating func read(xml bytes: [UInt8]) throws(Malformed) {
        var reader = XMLReader(bytes)
        var file: String?, package = ""
        var isReport = false
        while let event = try reader.next() {
            switch event {
            case .start("coverage", _), .start("report", _): isReport = true
            case .start("package", let attributes): package = attributes["name"] ?? ""
            case .start("class", let attributes): file = begin(attributes["filename"])
            case .start("sourcefile", let attributes):
                file = begin(attributes["name"].map { package.isEmpty ? $0 : "\(package)/\($0)" })
            case .end("class"), .end("sourcefile"): file = nil
            case .start("line", let attributes):
                guard let file else { continue }
                try note(attributes["number"] ?? attributes["nr"], attributes["hits"] ?? attributes["ci"], file)
            default: break
            }
        }
        guard isReport else {
            throw Malformed("it is no coverage report of Cobertura or JaCoCo: it has neither coverage nor report")
        }
    }

    /// `SF:file`, then `DA:line,hits` for each line, then `end_of_record`.
    private mutating func read(lcov bytes: [UInt8]) throws(Malformed) {
        var file: String?
        var isReport = false
        for line in bytes.lines {
            if line.hasPrefix("SF:") {
                file = begin(String(line.dropFirst(3)).trimmed)
                isReport = true
            } else if line.hasPrefix("DA:"), let file {
                let parts = line.dropFirst(3).split(separator: ",").map { String($0).trimmed }
                try note(parts.first, parts.count > 1 ? parts[1] : nil, file)
            } else if line.hasPrefix("end_of_record") {
                file = nil
            }
        }
        guard isReport else {
            throw Malformed("it is no coverage report: neither the XML of Cobertura or JaCoCo, nor LCOV's SF: lines")
        }
    }

    private mutating func begin(_ file: String?) -> String? {
        if let file { files[file] = files[file] ?? [:] }
        return file
    }

    private mutating func note(_ line: String?, _ hits: String?, _ file: String) throws(Malformed) {
        guard let number = line.flatMap({ Int($0) }), let hits = hits.flatMap({ Int($0) }) else {
            throw Malformed(
                "a line of \(Excerpt.line(file)) says '\(Excerpt.line(line ?? ""))' and "
                    + "'\(Excerpt.line(hits ?? ""))' for its number and how often it ran")
        }
        let most = max(hits, files[file]?[number] ?? 0)
        files[file]?[number] = most
    }

    /// The share of a file's lines that ran; `nil` where it has none.
    func share(of file: String) -> Double? { files[file].flatMap { Self.share($0.values) } }

    /// The share of all lines.
    var share: Double? { Self.share(files.values.flatMap(\.values)) }

    private static func share(_ hits: some Collection<Int>) -> Double? {
        hits.isEmpty ? nil : Double(hits.count { $0 > 0 }) / Double(hits.count)
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self <= 0x20 }
}
