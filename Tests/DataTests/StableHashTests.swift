import Testing

@testable import Data

struct StableHashTests {
    @Test func `short texts have the hash of their bytes, however they are read`() {
        var random = SplitMix(seed: 9)
        for _ in 0..<2000 {
            let bytes = (0..<24).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            bytes.withUnsafeBytes { bytes in
                for count in 1...8 {
                    let text = UnsafeRawBufferPointer(rebasing: bytes[(16 - count)..<16])
                    guard let base = bytes.baseAddress else { return }
                    let word = StableHash.word(count: count, endingAt: base + 16)
                    #expect(word == StableHash.word(of: text))
                    #expect(StableHash.of(word: word, count: count) == StableHash.of(text))
                }
            }
        }
    }

    @Test func `hashes stay what they are, since sketches are committed`() {
        let hashes = ["a", "plus", "basic", "12345678", "enterprise", "2024-01-01T00:00:00Z"].map { text in
            Array(text.utf8).withUnsafeBytes { StableHash.of($0) }
        }
        #expect(
            hashes == [
                0x674D_3446_4FD4_908A,
                0xF9C0_7B26_2291_5A19,
                0xAFCC_B378_67CC_C3DA,
                0x1D0B_A61B_3DFF_3D20,
                0x56D5_B4B0_8DAD_B861,
                0x30B1_661F_840E_70B9,
            ])
    }
}
