import Domain
import Testing

@testable import Artifacts

struct MD5Tests {
    /// RFC 1321, A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func `gives the digests of the RFC, however the bytes are cut`(text: String, digits: String) {
        for cut in 0...text.utf8.count {
            var hash = MD5()
            Array(text.utf8.prefix(cut)).withUnsafeBytes { hash.update($0) }
            Array(text.utf8.dropFirst(cut)).withUnsafeBytes { hash.update($0) }
            #expect(Hexadecimal.text(hash.finish()) == digits)
        }
    }

    @Test func `pads every length as md5sum does`() {
        // md5sum of the 200 lines that `for i in $(seq 0 199); do head -c $i /dev/zero | md5sum; done | cut -c1-32` writes.
        var all = MD5()
        for length in 0..<200 {
            var hash = MD5()
            [UInt8](repeating: 0, count: length).withUnsafeBytes { hash.update($0) }
            Array((Hexadecimal.text(hash.finish()) + "\n").utf8).withUnsafeBytes { all.update($0) }
        }
        #expect(Hexadecimal.text(all.finish()) == "f131c463386694a189b4a3d158c5fd52")
    }
}
