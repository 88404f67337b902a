import Domain
import Testing

@testable import Artifacts

struct LFSPointerTests {
    private let good = """
        version https://git-lfs.github.com/spec/v1
        oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
        size 12345

        """

    @Test func `reads the specification's example`() throws {
        let pointer = try #require(try LFSPointer(Array(good.utf8), at: "m"))
        #expect(pointer.size == 12345)
        #expect(pointer.path == "4d/7a/4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393")
    }

    @Test func `what does not begin as a pointer is the file itself`() throws {
        for text in ["", "\n", "version", "version 1\n", "oid sha256:…", " " + good] {
            #expect(try LFSPointer(Array(text.utf8), at: "m") == nil)
        }
        #expect(try LFSPointer(Array((good + String(repeating: "x", count: 1024)).utf8), at: "m") == nil)
    }

    @Test(arguments: [
        ("\n", "", "does not end in a line feed"), ("12345\n", "12345\r\n", "carriage return (CRLF)"),
        ("size 12345", "size 012345", "names no size"), ("size 12345", "size -1", "names no size"),
        ("size 12345", "size 99999999999999999999", "names no size"), ("sha256:4d", "sha256:4D", "lower-case"),
        ("sha256:4d", "sha1:4d", "names no oid"), ("\nsize 12345", "", "names no size"),
        ("spec/v1", "spec/v12", "version is unknown"), ("size 12345", "size 12345\nsize 12345", "not sorted"),
        ("oid", "zid", "not sorted"), ("oid", "ext-0-foo sha256:00\noid", "extensions"),
        ("size 12345", "size", "no key and value"),
    ])
    func `there is exactly one way to write a pointer`(old: String, new: String, words: String) {
        let text = old == "\n" ? String(good.dropLast()) : good.replacing(old, with: new)
        let failure = #expect(throws: ArtifactFailure.self) { try LFSPointer(Array(text.utf8), at: "models/a/m.onnx") }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.hasPrefix("models/a/m.onnx ") == true)
    }

    @Test func `a pointer with one byte changed is never read as another size or object`() throws {
        let bytes = Array(good.utf8)
        let original = try #require(try LFSPointer(bytes, at: "m"))
        for position in bytes.indices {
            for byte in [0, 0x0A, 0x0D, 0x20, 0x30, 0x61, 0xFF] as [UInt8] where bytes[position] != byte {
                var changed = bytes
                changed[position] = byte
                guard let pointer = try? LFSPointer(changed, at: "m") else { continue }
                let digits = (0x30...0x39).contains(byte) || byte == 0x61
                #expect(digits && pointer != original, "byte \(position) as \(byte)")
            }
        }
    }
}
