import Domain
import Testing

struct Base64Tests {
    /// RFC 4648 §10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `writes and reads what RFC 4648 published`(plain: String, text: String) {
        #expect(Base64.text(plain.utf8) == text)
        #expect(Base64.bytes(text) == Array(plain.utf8))
    }

    @Test func `has an alphabet for addresses`() {
        #expect(Base64.addressText([0xFB, 0xFF, 0xBE, 0xFF] as [UInt8]) == "-_--_w")
        #expect(Base64.text([0xFB, 0xFF, 0xBE, 0xFF] as [UInt8]) == "+/++/w==")
    }

    @Test(arguments: ["A", "Zg=", "Zg===", "Z g==", "Zg==Zg==", "-_--", "Zm9vYg=\n"])
    func `refuses what is none`(text: String) { #expect(Base64.bytes(text) == nil) }
}
