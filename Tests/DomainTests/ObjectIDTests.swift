import Domain
import Testing

struct ObjectIDTests {
    private let text = "9f3c0b1d2e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b"

    @Test func `forty digits are read and written`() throws {
        let id = try #require(ObjectID(text))
        #expect(id.description == text)
        #expect(id.short == "9f3c0b1")
        #expect(ObjectID(text.uppercased()) == id)
        #expect(id.words == (0x9f3c_0b1d_2e4f_5a6b, 0x7c8d_9e0f_1a2b_3c4d, 0x5e6f_7a8b))
        #expect(ObjectID.zero.description == String(repeating: "0", count: 40))
    }

    @Test(arguments: ["", "9f3c", "g", " ", "é"])
    func `anything else is not`(end: String) {
        #expect(ObjectID(String(text.dropLast()) + end) == nil)
        #expect(ObjectID(text + end + "0") == nil)
    }

    @Test func `bytes are taken in the order that Git prints`() throws {
        let bytes = try #require(Hexadecimal.bytes(text.utf8))
        #expect(ObjectID(bytes: bytes) == ObjectID(text))
        #expect(ObjectID(bytes: bytes.dropLast()) == nil)
        #expect(ObjectID(bytes: bytes + [1, 2]) == ObjectID(text))
    }

    @Test func `ids are ordered like their text`() {
        var random = SystemRandomNumberGenerator()
        let ids = (0..<200).map { _ in
            ObjectID(
                high: UInt64.random(in: 0...3, using: &random), middle: UInt64.random(in: 0...3, using: &random),
                low: UInt32.random(in: 0...3, using: &random))
        }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted())
    }

    @Test func `digests are read with and without their prefix`() throws {
        let digits = String(repeating: "0123456789abcdef", count: 4)
        let digest = try #require(Digest(digits))
        #expect(digest.description == "sha256:" + digits)
        #expect(digest.digits == digits)
        #expect(Digest("sha256:" + digits.uppercased()) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        let word: UInt64 = 0x0123_4567_89ab_cdef
        #expect(Digest(words: (word, word, word, word)) == digest)
        for wrong in [
            "", "sha256:", digits + "0", String(digits.dropLast()), "sha1:" + digits, "sha256:sha256:" + digits,
            "g" + digits.dropFirst(),
        ] {
            #expect(Digest(wrong) == nil, "\(wrong)")
        }
        #expect(Digest(bytes: Array(repeating: 0, count: 31)) == nil)
    }

    /// Reading eight digits at once agrees with reading them one by one.
    @Test func `each byte is a digit where it should be, at every position`() {
        for byte in UInt8.min...UInt8.max {
            for position in 0..<40 {
                var digits = Array("00112233445566778899aabbccddeeffABCDEF98".utf8)
                digits[position] = byte
                let expected = Hexadecimal.bytes(digits).flatMap { ObjectID(bytes: $0) }
                #expect(digits.withUnsafeBufferPointer { ObjectID(digits: $0) } == expected)
            }
        }
    }
}
