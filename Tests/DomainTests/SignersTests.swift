import Domain
import Testing

struct SignersTests {
    @Test(arguments: [
        ("ada@example.com", true), ("Ben@example.com", true), ("eve@example.com", false),
        ("eve@risk.example.com", true),
        ("ssh-ed25519", false), ("old@example.com", false), ("", false),
    ])
    func `a file of allowed signers names those in its first column`(person: String, expected: Bool) {
        let file = """
            # old@example.com ssh-ed25519 AAAA
            ada@example.com,ben@example.com namespaces="git" ssh-ed25519 AAAA
            carol@example.com ssh-ed25519 AAAA

            """
        let patterns = person.contains("risk") ? "*@risk.example.com ssh-ed25519 AAAA\n" : ""
        let names = Signers.names(in: Array((file + patterns).utf8))
        #expect((names?.contains(person.lowercased()) ?? true) == expected)
    }

    @Test func `no file names nobody`() {
        #expect(Signers.names(in: []) == [])
        #expect(Signers.nobody.isEmpty && Signers(allowed: Array("\n# ada ssh-ed25519 AAAA\n".utf8)).isEmpty)
    }

    @Test func `one key is one person, whatever it is called; an authority's is many`() {
        let file = """
            Ada@example.com,ada-l ssh-ed25519 AAAA
            lovelace namespaces="git,file" ssh-ed25519 AAAA a comment
            ben@example.com ssh-ed25519 BBBB
            carol,dave cert-authority ssh-ed25519 CCCC
            """
        let signers = Signers(allowed: Array(file.utf8))
        #expect(signers.names(of: "ada@example.com") == ["ada@example.com", "ada-l", "lovelace"])
        #expect(signers.names(of: "Ben@example.com") == ["ben@example.com"])
        #expect(signers.names(of: "carol") == ["carol"] && signers.names(of: "eve") == ["eve"])
    }

    @Test func `a key has the names of all its lines, unless it was taken back`() {
        let file = "Ada,ada-l ssh-ed25519 AAAA\nbot namespaces=\"git\" ssh-ed25519 AAAA x\nben ssh-ed25519 BBBB\n"
        let signers = Signers(allowed: Array(file.utf8), revoked: Array("ssh-ed25519 BBBB\n".utf8))
        #expect(signers.names(ofKey: "ssh-ed25519 AAAA comment") == ["ada", "ada-l", "bot"])
        for line in ["ssh-ed25519 BBBB", "ssh-ed25519 CCCC", "ssh-ed25519", ""] {
            #expect(signers.names(ofKey: line).isEmpty, "\(line)")
        }
    }

    @Test func `people are those who are named in full`() {
        let file =
            "ben@example.com,*@risk.example.com ssh-ed25519 AAAA\n# old ssh-ed25519 AAAA\n!eve,ada ssh-ed25519 AAAA\n"
        #expect(Signers(allowed: Array(file.utf8), keys: ["grace": [1]]).people == ["ada", "ben@example.com", "grace"])
        #expect(!Signers(allowed: Array("* cert-authority ssh-ed25519 AAAA".utf8)).isEmpty)
        #expect(!Signers(allowed: [], keys: ["grace": [1]]).isEmpty)
    }
}
