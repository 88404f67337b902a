import Domain
import Testing

@testable import Git

struct RevokedKeyTests {
    @Test func `a damaged signature names no key`() {
        for text in ["", "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----", "U1NIU0lH"] {
            #expect(RevokedKey(signing: text) == nil)
        }
        // A length that goes on behind the end.
        let long = Base64.text(Array("SSHSIG".utf8) + [0, 0, 0, 1, 255, 255, 255, 255, 0, 0, 0, 3, 65])
        #expect(RevokedKey(signing: "-----BEGIN SSH SIGNATURE-----\n\(long)\n-----END SSH SIGNATURE-----") == nil)
    }
}
