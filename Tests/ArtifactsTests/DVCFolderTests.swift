import Domain
import Testing

@testable import Artifacts

struct DVCFolderTests {
    @Test func `reads what DVC writes`() throws {
        let text = #"""
            [{"md5": "d077f244def8a70e5ea758bd8352fcd8", "relpath": "cat.jpeg"}, {"md5": "6627415e807ee33c7302917216e7da68", "relpath": "sub/b \u00e9.txt"}]
            """#
        let folder = try DVCFolder(Array(text.utf8), at: "images.dvc")
        #expect(folder.files.map(\.path) == ["cat.jpeg", "sub/b é.txt"])
    }

    @Test(arguments: [
        "../x", "../\u{301}x", "/etc/passwd", "a/../../x", "a//b", "", ".", "a/./b", "a\\u0000b", "a\\nb", "a/",
    ])
    func `a path that would lead out of the folder is refused`(path: String) {
        let text = #"[{"md5": "d077f244def8a70e5ea758bd8352fcd8", "relpath": "\#(path)"}]"#
        let failure = #expect(throws: ArtifactFailure.self) { try DVCFolder(Array(text.utf8), at: "images.dvc") }
        #expect(failure?.reason == .invalid)
        #expect(failure?.description.utf8.allSatisfy { $0 >= 0x20 } == true)
    }

    @Test(arguments: ["", "{}", "[1]", #"[{"relpath": "a"}]"#, #"[{"md5": "x", "relpath": "a"}]"#])
    func `other JSON is refused`(text: String) {
        #expect(throws: ArtifactFailure.self) { try DVCFolder(Array(text.utf8), at: "images.dvc") }
    }

    @Test func `a path that stands there twice is refused`() {
        let entry = #"{"md5": "d077f244def8a70e5ea758bd8352fcd8", "relpath": "a"}"#
        let failure = #expect(throws: ArtifactFailure.self) {
            try DVCFolder(Array("[\(entry), \(entry)]".utf8), at: "images.dvc")
        }
        #expect(failure?.description == "images.dvc lists 'a' twice")
    }
}
