import Domain
import Testing

struct ManifestTreeTests {
    private func scalar(_ text: String, quoted: Bool = false) -> ManifestTree {
        ManifestTree(.scalar(text, quoted: quoted))
    }

    @Test func `scalars become JSON by the core schema`() {
        #expect(scalar("1").json == 1)
        #expect(scalar("1.5").json == 1.5)
        #expect(scalar("true").json == true)
        #expect(scalar("yes").json == "yes")
        #expect(scalar("1", quoted: true).json == "1")
        #expect(scalar(".nan").json == ".nan")
        #expect(ManifestTree(.null).json == nil)
    }

    @Test func `JSON survives the way into a tree and back, its keys sorted`() {
        let json: JSON = ["b": [1, -0.5, true, nil, "1", "true", ""], "a": ["c": [:], "d": []]]
        #expect(ManifestTree(json).json == ["a": ["c": [:], "d": []], "b": [1, -0.5, true, nil, "1", "true", ""]])
    }

    @Test func `equal settings give equal bytes wherever they were written`() {
        let one: JSON = ["a": 1, "b": 2], other: JSON = ["b": 2, "a": 1]
        #expect(ManifestTree(one).json.text() == ManifestTree(other).json.text())
    }

    @Test func `a tree is read like the node that it was copied from`() {
        let tree = ManifestTree(["a": ["b", nil], "c": "d"])
        #expect(ManifestTree(tree as any ManifestNode) == tree)
        #expect(tree.keys?.map(\.name) == ["a", "c"])
        #expect(tree.member("a")?.items?.count == 2)
        #expect(tree.member("a")?.items?[1].isNull == true)
        #expect(tree.member("c")?.text == "d" && tree.member("x") == nil && tree.text == nil)
        #expect(tree.without("a").keys?.map(\.name) == ["c"])
    }
}
