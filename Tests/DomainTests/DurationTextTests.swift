import Domain
import Testing

struct DurationTextTests {
    @Test(arguments: [
        ("0", 0), ("90s", 90_000), ("10m", 600_000), ("1h30m", 5_400_000), ("7d", 604_800_000), ("250ms", 250),
        ("2w", 1_209_600_000),
        ("1m1ms", 60_001), ("0s", 0), ("36525d", 3_155_760_000_000),
    ])
    func `numbers with units are read`(text: String, milliseconds: Int64) {
        #expect(Duration(text: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "1", "s", "1.5h", "-1s", "1 s", "1S", "1x", "1h30", "36526d", "9223372036854775807w",
        "99999999999999999999s", "١s", "5µs",
    ])
    func `anything else is not`(text: String) { #expect(Duration(text: text) == nil) }

    @Test(arguments: [
        (0, "0s"), (90_000, "1m30s"), (5_400_000, "1h30m"), (250, "250ms"), (90_061_001, "1d1h"), (-90_000, "-1m30s"),
        (604_800_000, "7d"),
    ])
    func `the two largest units are written`(milliseconds: Int64, text: String) {
        #expect(Duration.milliseconds(milliseconds).text == text)
    }

    @Test func `each failure in a row doubles the wait, up to the longest`() {
        let waits = [0, 1, 2, 3, 4, 5, 1000].map { Duration.seconds(5).doubled(after: $0, upTo: .seconds(60)) }
        #expect(waits == [5, 5, 10, 20, 40, 60, 60].map { .seconds($0) })
        #expect(Duration.seconds(90).doubled(after: 1, upTo: .seconds(60)) == .seconds(60))
    }
}
