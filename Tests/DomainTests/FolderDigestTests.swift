import Domain
import Testing

struct FolderDigestTests {
    @Test func `is the digest of the sorted lines that sha256sum writes`() {
        let empty = SHA256.digest(of: [])
        let abc = SHA256.digest(of: "abc".utf8)
        let lines = "\(abc.digits)  z\n\(empty.digits)  a\n\(empty.digits)  a/é\n"
        #expect(FolderDigest.of([("a/é", empty), ("z", abc), ("a", empty)]) == SHA256.digest(of: lines.utf8))
        #expect(FolderDigest.of([]) == empty)
    }
}
