import Domain
import Testing

struct PathPartsTests {
    @Test(arguments: [
        ("a/b", ["a", "b"]), ("/a//b/", ["a", "b"]), ("", []), ("..", [".."]), ("../\u{301}x", ["..", "\u{301}x"]),
        ("a/\u{301}/../b", ["a", "\u{301}", "..", "b"]), ("é/e\u{301}", ["é", "e\u{301}"]), ("/\r\n", ["\r\n"]),
    ])
    func `a path is divided at each slash, whatever stands behind it`(path: String, parts: [String]) {
        #expect(path.pathParts().map { Array($0.utf8) } == parts.map { Array($0.utf8) })
        #expect(path.dropFirst(0).pathParts().map(String.init) == parts)
    }

    @Test func `what is empty is kept, and the rest left whole, where that is asked for`() {
        #expect("/a//b/".pathParts(keepingEmpty: true) == ["", "a", "", "b", ""])
        #expect("".pathParts(keepingEmpty: true) == [""])
        #expect("a/b/c".pathParts(most: 2) == ["a", "b/c"])
        #expect("//a/b".pathParts(most: 2) == ["a", "b"])
        #expect("/a/b".pathParts(keepingEmpty: true, most: 2) == ["", "a/b"])
        #expect("a/b".pathParts(most: 1) == ["a/b"])
    }
}
