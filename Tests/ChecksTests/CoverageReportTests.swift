import Testing

@testable import Checks

@Suite struct CoverageReportTests {
    private func report(_ text: String) throws -> CoverageReport { try CoverageReport(Array(text.utf8)) }

    @Test func `Cobertura, JaCoCo and LCOV say the same`() throws {
        let cobertura = try report(
            """
            <?xml version="1.0"?>
            <coverage><packages><package name="p"><classes><class name="F" filename="p/F.java">
            <methods><method name="m"><lines><line number="3" hits="2"/></lines></method></methods>
            <lines><line number="3" hits="2"/><line number="4" hits="0"/></lines></class></classes></package></packages>
            </coverage>
            """)
        let jacoco = try report(
            """
            <?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
            <report name="x"><group name="g"><package name="p"><class name="p/F" sourcefilename="F.java">
            <method name="m" desc="()V" line="3"><counter type="LINE" missed="1" covered="1"/></method></class>
            <sourcefile name="F.java"><line nr="3" mi="0" ci="2" mb="0" cb="0"/><line nr="4" mi="3" ci="0" mb="0" cb="0"/>
            </sourcefile></package></group></report>
            """)
        let lcov = try report(
            "TN:\r\nSF:p/F.java\r\nFN:3,m\r\nDA:3,2,abc\r\nDA:4,0\r\nLF:2\r\nLH:1\r\nend_of_record\r\n")
        for report in [cobertura, jacoco, lcov] {
            #expect(report.files == ["p/F.java": [3: 2, 4: 0]])
            #expect(report.share == 0.5)
        }
    }

    @Test func `a line that several tests ran counts once, with the most`() throws {
        let twice = try report("SF:f.py\nDA:1,0\nend_of_record\nSF:f.py\nDA:1,4\nend_of_record\n")
        #expect(twice.files == ["f.py": [1: 4]])
    }

    @Test(arguments: [
        "", "covered: all", "<html/>", "SF:f.py\nDA:1\n", "SF:f.py\nDA:x,1\n",
        "<coverage><class filename='f'><line number='1' hits='99999999999999999999'/></class></coverage>",
    ])
    func `what is no report, or a line without a number, is refused`(text: String) {
        #expect(throws: Malformed.self) { try report(text) }
    }
}
