import Domain
import Testing

struct ByteSizeTests {
    @Test(arguments: [
        ("1024", 1024), ("0", 0), ("1B", 1), ("2kB", 2000), ("2KB", 2000), ("2KiB", 2048), ("1.5GiB", 1_610_612_736),
        ("512 MiB", 536_870_912), ("512Mi", 536_870_912), ("1TB", 1_000_000_000_000),
    ]) func `a size is read in any unit`(text: String, bytes: Int) {
        #expect(ByteSize(text: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "MiB", "-1", "1 GX", "1e3", "99999999999TiB", "1.2.3GB"])
    func `what is none is refused`(text: String) {
        #expect(ByteSize(text: text) == nil)
    }

    @Test(arguments: [0, 1, 1023, 1024, 1_610_612_736, 2 << 30, 3 << 40])
    func `what is written of a size is read as the same`(bytes: Int) {
        #expect(ByteSize(text: ByteSize(bytes: bytes).text)?.bytes == bytes)
    }
}
