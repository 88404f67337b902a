import Domain
import Testing

struct SecretMaskTests {
    private let secret = "s3cret-t0ken"

    private func said(_ output: String, _ errors: String = "", limit: Int = 1 << 20, secrets: [String]? = nil) async
        -> CommandResult
    {
        let tools = Tools(
            run: { _ in CommandResult(ending: .exited(1), output: Array(output.utf8), errors: Array(errors.utf8)) },
            send: { _ in Tools.Reply(status: 200) }, now: { Timestamp(seconds: 0) })
        return await tools.run(Command(["x"], outputLimit: limit, secrets: secrets ?? [secret]))
    }

    @Test func `a program's words come without its secrets, wherever they stand`() async {
        let result = await said("a \(secret)\(secret)\n\(secret)", "denied: \(secret)!")
        #expect(String(decoding: result.output, as: UTF8.self) == "a …\n…")
        #expect(result.lastWords == "denied: …!")
        #expect(result.ending == .exited(1))
    }

    @Test func `what merely begins as a secret is kept, and so is all where there is none`() async {
        for text in ["s3cret-t0ke", "3cret-t0ken", "", "s3cret", "\u{0}ÿ"] {
            #expect(await said(text).output == Array(text.utf8))
        }
        #expect(await said("abc", secrets: ["abc", ""]).output == Array("abc".utf8), "three bytes hide nothing")
    }

    @Test func `secrets that overlap or hold one another leave no piece`() async {
        #expect(await said("<abcdXefgh>", secrets: ["abcdX", "Xefgh"]).output == Array("<…>".utf8))
        #expect(await said("<token-long>", secrets: ["token", "token-long"]).output == Array("<…>".utf8))
        // Swift's characters would join the secret's end with the accent that follows it.
        #expect(await said("token\u{301}", secrets: ["token"]).output == Array("…\u{301}".utf8))
    }

    @Test func `each line of a secret is hidden, and the line end of a file is no part of it`() async {
        let key = "-----BEGIN-----\r\nMIIB0123\n-----END-----\n"
        #expect(await said("line MIIB0123;", secrets: [key]).output == Array("line …;".utf8))
        #expect(await said("t0ken-1;", secrets: ["t0ken-1\n"]).output == Array("…;".utf8))
    }

    @Test func `a secret that is cut where the output ends, or the errors begin, is hidden`() async {
        for kept in 4..<secret.count {
            let head = "out \(secret.prefix(kept))", tail = "\(secret.suffix(kept)) last"
            #expect(await said(head, limit: head.count).output == Array("out …".utf8))
            #expect(await said("", tail, limit: tail.count).lastWords == "… last")
            #expect(await said(head).output == Array(head.utf8), "nothing was cut there")
        }
        let long = String(repeating: "x", count: 60) + secret + String(repeating: "y", count: 8186)
        #expect(await said("", long).lastWords.contains("ken") == false)
    }

    @Test func `a text hides as a program's words do`() {
        #expect("a \(secret) b abc".hiding([secret, "abc"]) == "a … b abc")
        #expect("plain".hiding([]) == "plain")
    }
}
