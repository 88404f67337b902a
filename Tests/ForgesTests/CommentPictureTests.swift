import Foundation
import TestSupport
import Testing

@testable import Forges

struct CommentPictureTests {
    private let bars = [(name: "band=mid", value: 0.7534), (name: "sex=F", value: 0.91)]

    @Test func `is a diagram with a bar for each name and a line to see them against`() {
        let lines = CommentPicture("accuracy by slice", bars, line: 0.9).lines
        #expect(
            lines == [
                "```mermaid",
                ##"%%{init: {"xyChart": {"height": 142}, "themeVariables": {"xyChart": {"plotColorPalette": "#5b8def, #d1495b"}}}}%%"##,
                "xychart-beta horizontal", "    title \"accuracy by slice\"",
                "    x-axis [\"1 band=mid\", \"2 sex=F\"]", "    y-axis 0 --> 1.0", "    bar [0.7534, 0.91]",
                "    line [0.9, 0.9]", "```",
            ])
    }

    @Test func `one bar, no height at all, and what is no number are no picture`() {
        #expect(CommentPicture("t", [bars[0]]).lines.isEmpty)
        #expect(CommentPicture("t", [("a", 0), ("b", 0)]).lines.isEmpty)
        #expect(
            CommentPicture("t", [("a", .nan), ("b", -1), ("c", .infinity), ("d", 1e300), ("e", 0.5)]).lines.isEmpty)
    }

    @Test(arguments: [
        "\"] --> x", "```\n# out", "%%{init: {\"securityLevel\": \"loose\"}}%%", "a;click b \"javascript:alert(1)\"",
        "<img src=x>", "@everyone #12", "\u{202E}txt", "]\n    bar [1]", "{{x}}|y\\",
    ]) func `a name stays a name`(hostile: String) throws {
        let lines = CommentPicture(hostile, [(hostile, 0.5), (hostile, 0.25)], line: 0.75).lines
        #expect(lines.count == 9)
        let form = #/\ {4}(title "[\p{L}\d _=.,()\-…]*"|x-axis \["1 [\p{L}\d _=.,()\-…]*", "2 [\p{L}\d _=.,()\-…]*"\])/#
        for line in lines[3...4] { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
    }

    @Test func `many bars are as many as can be read, and small numbers are written without exponents`() {
        let lines = CommentPicture("t", (0..<40).map { ("column-\($0)", $0 == 0 ? 1e-7 : Double($0) * 1e5) }).lines
        #expect(lines[4].components(separatedBy: "column-").count == 17)
        #expect(lines[5] == "    y-axis 0 --> 1500000.0")
        #expect(lines[6].hasPrefix("    bar [0.0, 100000.0, "))
    }

    /// Mermaid's own parser and painter, which the forges run in the browser.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_MERMAID"] != nil))
    func `Mermaid draws it`() throws {
        let program = try #require(ProcessInfo.processInfo.environment["MARTLET_MERMAID"])
        let names = [("band=mid", 0.7534), ("größe=\"x\"]", 0.4), ("a\nb", 1e-7)]
        let lines = CommentPicture("accuracy, by \"slice\"", names, line: 0.9).lines
        let ended = try spawn(
            [program, "-i", "-"], environment: ["PATH": "/usr/bin:/bin"],
            input: Array(lines.dropFirst().dropLast().joined(separator: "\n").utf8))
        let drawing = String(decoding: ended.output, as: UTF8.self)
        #expect(drawing.contains("<svg") && drawing.contains("1 band=mid") && drawing.contains("2 größe= x"))
        #expect(drawing.ranges(of: "<rect").count >= 3)
    }
}
