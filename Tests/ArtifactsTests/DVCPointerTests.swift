import Domain
import Testing

@testable import Artifacts

struct DVCPointerTests {
    private let md5 = "aed563ecafb4bcc5654c597a421547b2"

    private func read(_ text: String) throws -> DVCPointer {
        try DVCPointer(ManifestTree(try JSON(parsing: text)), at: "m.dvc")
    }

    @Test func `reads a file, a folder, and what DVC 2 wrote`() throws {
        let file = try read(#"{"outs": [{"md5": "\#(md5)", "size": 100, "hash": "md5", "path": "m.pt"}]}"#)
        #expect(file.md5 == md5 && file.size == 100 && !file.isFolder && !file.isLegacy)
        let folder = try read(#"{"outs": [{"md5": "\#(md5).dir", "nfiles": 3, "hash": "md5", "remote": "far"}]}"#)
        #expect(folder.md5 == md5 && folder.isFolder && folder.remote == "far")
        #expect(try read(#"{"outs": [{"md5": "\#(md5)", "path": "m.pt"}]}"#).isLegacy)
    }

    @Test(arguments: [
        ("{}", "one entry"), (#"{"outs": []}"#, "one entry"), (#"{"outs": [{"etag": "x"}]}"#, "no md5"),
        (#"{"outs": [{"md5": "../../etc/passwd"}]}"#, "no md5 of 32"),
        (#"{"outs": [{"md5": "AED563ECAFB4BCC5654C597A421547B2"}]}"#, "lower-case"),
        (#"{"outs": [{"md5": "aed563ecafb4bcc5654c597a421547b2", "hash": "blake3"}]}"#, "unknown here"),
        (#"{"outs": [{"md5": "aed563ecafb4bcc5654c597a421547b2", "size": -4}]}"#, "no size"),
    ])
    func `says what is wrong with it`(text: String, words: String) {
        let failure = #expect(throws: ArtifactFailure.self) { try read(text) }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
    }
}
