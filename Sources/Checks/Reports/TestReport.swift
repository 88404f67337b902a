/// What a run of tests found, read from a report in JUnit's XML.
struct TestReport {
    private(set) var cases: [Case] = []

    struct Case: Hashable {
        var name: String
        var result: Result
        var message = ""
    }

    enum Result: String, Hashable { case passed, failed, skipped }

    /// A suite while it is read, and what it says of itself.
    private struct Suite {
        let name: String
        let declared: Int
        var found = 0

        init(_ attributes: [String: String]) {
            name = attributes["name"] ?? "the suite"
            declared = ["failures", "errors"].reduce(0) { sum, key in
                sum + min(max(0, attributes[key].flatMap { Int($0) } ?? 0), 1 << 30)
            }
        }
    }

    init(_ bytes: [UInt8]) throws(Malformed) {
        var reader = XMLReader(bytes)
        var current: Case?
        var suites: [Suite] = []
        var hasSuite = false
        while let event = try reader.next() {
            switch event {
            case .start("testsuite", let attributes), .start("testsuites", let attributes):
                hasSuite = true
                suites.append(Suite(attributes))
            case .end("testsuite"), .end("testsuites"):
                if let suite = suites.popLast() { close(suite, in: &suites) }
            case .start("testcase", let attributes):
                let group = attributes["classname"].map { $0 + "." } ?? ""
                current = Case(name: group + (attributes["name"] ?? ""), result: .passed)
            case .start("failure", let attributes), .start("error", let attributes):
                let message = attributes["message"] ?? ""
                if !suites.isEmpty { suites[suites.count - 1].found += 1 }
                if current == nil {
                    cases.append(Case(name: suites.last?.name ?? "", result: .failed, message: message))
                }
                current?.result = .failed
                current?.message = message
            case .start("skipped", _): if current?.result == .passed { current?.result = .skipped }
            case .end("testcase"):
                if let current { cases.append(current) }
                current = nil
            default: break
            }
        }
        guard hasSuite else { throw Malformed("it is no JUnit report: it has no testsuite") }
    }

    /// A suite that counts more failures than it shows, as where tests could not even be collected, has failed itself.
    private mutating func close(_ suite: Suite, in outer: inout [Suite]) {
        if suite.declared > suite.found {
            let words = "it counts \(suite.declared) failures and errors, and shows \(suite.found)"
            cases.append(Case(name: suite.name, result: .failed, message: words))
        }
        if !outer.isEmpty { outer[outer.count - 1].found += max(suite.found, suite.declared) }
    }

    func count(_ result: Result) -> Int { cases.count { $0.result == result } }
}
