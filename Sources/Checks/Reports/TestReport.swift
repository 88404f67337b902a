/// What a run of tests found, read from a report in JUnit's XML.
struct TestReport {
    private(set) var cases: [Case] = []

    struct Case: Hashable {
        var name: String
        var result: Result
        var message = ""
    }

    enum Result: String, Hashable { case passed, failed, skipped }

    init(_ bytes: [UInt8]) throws(Malformed) {
        var reader = XMLReader(bytes)
        var current: Case?
        var hasSuite = false
        while let event = try reader.next() {
            switch event {
            case .start("testsuite", _), .start("testsuites", _): hasSuite = true
            case .start("testcase", let attributes):
                let group = attributes["classname"].map { $0 + "." } ?? ""
                current = Case(name: group + (attributes["name"] ?? ""), result: .passed)
            case .start("failure", let attributes), .start("error", let attributes):
                current?.result = .failed
                current?.message = attributes["message"] ?? ""
            case .start("skipped", _): if current?.result == .passed { current?.result = .skipped }
            case .end("testcase"):
                if let current { cases.append(current) }
                current = nil
            default: break
            }
        }
        guard hasSuite else { throw Malformed("it is no JUnit report: it has no testsuite") }
    }

    func count(_ result: Result) -> Int { cases.count { $0.result == result } }
}
