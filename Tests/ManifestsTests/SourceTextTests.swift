import Domain
import Testing

@testable import Manifests

struct SourceTextTests {
    /// Lines of all lengths, so that line ends stand before, after and beside it in the eight bytes that are looked at together.
    @Test(arguments: [1, 2, 3, 8])
    func `a control character is found wherever it stands, and nothing else is taken for one`(length: Int) throws {
        let plain = (0..<24).map { UInt8(ascii: $0 % length == length - 1 ? "\n" : "a") }
        #expect(try SourceText(plain).isASCII)
        for byte in UInt8(0)..<0x80 {
            let isControl = byte < 0x20 && ![9, 10, 13].contains(byte) || byte == 0x7F
            for place in plain.indices {
                var bytes = plain
                bytes[place] = byte
                let isRead = (try? SourceText(bytes)) != nil
                #expect(isRead == !isControl, "\(byte) at \(place)")
            }
        }
    }
}
