import Testing

@testable import Checks

@Suite struct CodeOwnersTests {
    private func owners(_ text: String) -> CodeOwners { CodeOwners(Array(text.utf8), path: "CODEOWNERS") }

    /// As GitHub's page "About code owners" describes patterns, and `.gitignore` where it refers to that.
    @Test(arguments: [
        ("*", ["a", "a/b", "a/b/c.py"], []),
        ("*.py", ["a.py", "a/b.py", "a/b.py/c"], ["a.pyc", "py"]),
        ("train", ["train", "train/a", "a/train", "a/train/b"], ["train.py", "a/retrain"]),
        ("/train", ["train", "train/a"], ["a/train", "train.py"]),
        ("train/", ["train/a", "a/train/b/c"], ["train", "a/train"]),
        ("/train/", ["train/a/b"], ["train", "a/train/b"]),
        ("models/tumor", ["models/tumor", "models/tumor/model.yaml"], ["a/models/tumor/x", "models/tumors"]),
        ("models/*", ["models/a"], ["models/a/b", "models"]),
        ("models/*/model.yaml", ["models/a/model.yaml"], ["models/model.yaml", "models/a/b/model.yaml"]),
        (
            "models/**/model.yaml", ["models/model.yaml", "models/a/b/model.yaml"],
            ["model.yaml", "a/models/model.yaml"]
        ),
        ("models/**", ["models/a", "models/a/b"], ["models", "a/models/b"]),
        ("**/params.yaml", ["params.yaml", "a/b/params.yaml"], ["params.yml"]),
        ("**/data/v?/*.csv", ["data/v1/a.csv", "x/data/v2/b.csv"], ["data/v10/a.csv", "data/v1/a/b.csv"]),
        ("/*", ["a"], ["a/b"]),
        ("/", [], ["a", "a/b"]),
        (#"a\ b/c"#, ["a b/c"], ["a"]),
        (#"a\*b"#, ["a*b"], ["axb"]),
        ("a*b*c*d*e", ["abcde", "a-b-c-d-e"], ["abcd", "abcdex"]),
        ("Größe/?", ["Größe/ß"], ["Größe/ss"]),
    ]) func `patterns are GitHub's`(pattern: String, matching: [String], other: [String]) {
        let rules = owners("\(pattern) @a\n")
        #expect(rules.rules.count == 1)
        for path in matching { #expect(rules.rule(for: path) != nil, "\(pattern) \(path)") }
        for path in other { #expect(rules.rule(for: path) == nil, "\(pattern) \(path)") }
    }

    @Test func `the last matching line counts, also one that names nobody`() {
        let rules = owners(
            """
            # Everything.
            *            @acme/all docs@example.com # an inline comment @nobody

            /models/     @ada-l
            /models/free
            """.replacing("\n", with: "\r\n"))
        #expect(rules.rule(for: "a.py")?.owners == ["@acme/all", "docs@example.com"])
        #expect(rules.rule(for: "models/tumor/model.yaml")?.owners == ["@ada-l"])
        #expect(rules.rule(for: "models/tumor/model.yaml")?.line == 4)
        #expect(rules.rule(for: "models/free/x")?.owners == [])
        #expect(rules.unread.isEmpty)
    }

    @Test func `lines that GitHub passes over are named`() {
        let rules = owners(
            "a @x\n!a @y\n[Section] @y\nb[0] @y\n\\#c @y\nd y\ne @\nf @a/b/c\ng @a/\n***/h @y\n^[Optional]\n")
        #expect(rules.unread == Array(2...11) && rules.rules.map(\.line) == [1])
        #expect(owners("").rules.isEmpty && owners("\u{FEFF}a @x").rule(for: "a") != nil)
    }

    @Test func `patterns that are made to take long do not`() {
        let stars = String(repeating: "a*", count: 2000) + "b @x\n" + String(repeating: "**/a/", count: 2000) + "b @x\n"
        let clock = ContinuousClock(), begin = clock.now
        #expect(
            owners(stars).rule(for: String(repeating: "a", count: 4000) + "/" + String(repeating: "a/", count: 200))
                == nil)
        #expect(clock.now - begin < .seconds(20))
    }
}
