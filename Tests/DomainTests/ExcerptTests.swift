import Domain
import Testing

struct ExcerptTests {
    @Test func `short text stays as it is`() {
        #expect(Excerpt.line("a 'b' – ü🚀") == "a 'b' – ü🚀")
        #expect(Excerpt.line("") == "")
        #expect(Excerpt.line(String(repeating: "x", count: 60)).count == 60)
    }

    @Test func `long text is cut`() {
        #expect(Excerpt.line(String(repeating: "ä", count: 1000)) == String(repeating: "ä", count: 60) + "…")
        #expect(Excerpt.line("e" + String(repeating: "\u{301}", count: 1000)).utf8.count < 200)
    }

    @Test func `nothing can break the line or steer a terminal`() {
        #expect(Excerpt.line("a\nb\tc\u{1B}[31md\u{202E}e\u{9B}f\u{2028}g") == "a b c [31md e f g")
    }

    @Test func `what a check says is one line, whatever values of the data are in it`() {
        let finding = Finding(.fail, "slice x\npass  all")
        #expect(finding.message == "slice x pass  all")
        #expect(Outcome([finding], otherwise: "").summary == "slice x pass  all")
        #expect(!Diagnostic(file: "a\nb", code: "c", message: "d\r\ne").description.contains { $0.isNewline })
    }

    @Test(arguments: [
        ("of https://ada:s3cret@host:8080/a.git", "of https://host:8080/a.git"),
        ("https://tok@en@host", "https://host"),
        ("https://host/a@b", "https://host/a@b"),
        ("ssh://git@host/x and http://u:p@h/y", "ssh://host/x and http://h/y"),
        ("ada@example.com", "ada@example.com"), ("'http://u:p@h'", "'http://h'"), ("", ""), ("://", "://"),
        ("http://host mail ada@example.com", "http://host mail ada@example.com"),
    ])
    func `addresses lose what is secret in them`(text: String, shown: String) {
        #expect(Excerpt.withoutCredentials(text) == shown)
    }
}
