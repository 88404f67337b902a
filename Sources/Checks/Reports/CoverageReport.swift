/// Which lines the tests ran, read from a report in Cobertura's XML.
struct CoverageReport {
    /// By file, each line with how often it ran.
    private(set) var files: [String: [Int: Int]] = [:]

    init(_ bytes: [UInt8]) throws(Malformed) {
        var reader = XMLReader(bytes)
        var file: String?
        var isReport = false
        while let event = try reader.next() {
            switch event {
            case .start("coverage", _): isReport = true
            case .start("class", let attributes):
                file = attributes["filename"]
                if let file { files[file] = files[file] ?? [:] }
            case .end("class"): file = nil
            case .start("line", let attributes):
                guard let file, let line = attributes["number"].flatMap({ Int($0) }),
                    let hits = attributes["hits"].flatMap({ Int($0) })
                else { continue }
                let most = max(hits, files[file]?[line] ?? 0)
                files[file]?[line] = most
            default: break
            }
        }
        guard isReport else { throw Malformed("it is no Cobertura report: it has no coverage") }
    }

    /// The share of a file's lines that ran; `nil` where it has none.
    func share(of file: String) -> Double? { files[file].flatMap { Self.share($0.values) } }

    /// The share of all lines.
    var share: Double? { Self.share(files.values.flatMap(\.values)) }

    private static func share(_ hits: some Collection<Int>) -> Double? {
        hits.isEmpty ? nil : Double(hits.count { $0 > 0 }) / Double(hits.count)
    }
}
