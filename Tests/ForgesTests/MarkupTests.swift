import Foundation
import TestSupport
import Testing

@testable import Forges

struct MarkupTests {
    static let hostile = [
        "<script>alert(1)</script>", "</code><img src=x onerror=alert(1)>", "a | b | c", "`code` ``more`` `",
        "**bold** _it_ ~~no~~",
        "@everyone and @acme/risk", "#1 !2 GH-3 acme/models#4",
        "https://evil.example/?a=b www.evil.example mailto:x@evil.example",
        "[text](javascript:alert(1)) ![x](http://evil.example/x.png)", "/merge\n/approve\n/close",
        "# head\n- item\n> quote\n1. one",
        "&lt;b&gt; &#60;b&#62; \\| \\`", "<!-- martlet:0 --> -->", "$x^2$ :tada: {{var}} <details open>",
        "line\r\n\r\n---\r\nnext",
        "auc 0.9742 [0.951, 0.9866]", "slice band=medium (n=73): 0.75 < 0.87", "größer als ≥ 5 %",
    ]

    /// By the program that GitHub's own Markdown is made with: what comes out as text is what went in.
    @Test(arguments: hostile) func `foreign text is shown as it is, wherever it stands`(text: String) throws {
        let cell = Markup.code(text)
        #expect(!cell.contains("|") && !cell.contains("\n") && !cell.contains("@") && !cell.contains("/merge"))
        let page = "\(cell)\n\n- \(cell): x\n\n| a | b |\n|---|---|\n| \(cell) | 1 |\n"
        let ended = try spawn(
            ["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter"],
            environment: ["PATH": "/usr/bin:/bin"], input: Array(page.utf8))
        let html = String(decoding: ended.errors + ended.output, as: UTF8.self)
        let tags = Set(html.matches(of: #/<(/?[a-zA-Z]+)/#).map { String($0.1).replacing("/", with: "") })
        #expect(tags.isSubset(of: ["p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code"]), "\(html)")
        let shown = html.matches(of: #/<code>(.*?)</code>/#).map { plain(String($0.1)) }
        #expect(shown == Array(repeating: Markup.plain(text), count: 3))
    }

    private func plain(_ html: String) -> String {
        html.replacing("<!-- -->", with: "").replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing(
            "&quot;", with: "\""
        ).replacing(
            "&amp;", with: "&")
    }

    @Test func `nothing in it turns the direction of text, hides or begins a line`() {
        #expect(Markup.plain("a\u{202E}b\u{200B}c\u{0}d\u{2028}e\nf") == "abc d e f")
    }

    @Test func `long text is cut`() {
        #expect(Markup.plain(String(repeating: "x", count: 400)) == String(repeating: "x", count: 300) + "…")
    }

    @Test func `numbers stay readable`() {
        #expect(Markup.code("auc 0.9742") == "<code>auc 0.9742</code>")
    }
}
