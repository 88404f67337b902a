import Domain
import Foundation
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-21T09:30:00Z", 1_795_253_400_000),
        ("2026-11-21t09:30:00z", 1_795_253_400_000),
        ("2026-11-21 10:30:00+01:00", 1_795_253_400_000), ("2026-11-21T04:00:00-05:30", 1_795_253_400_000),
        ("2026-11-21T09:30:00.5Z", 1_795_253_400_500), ("2026-11-21T09:30:00.123456Z", 1_795_253_400_123),
        ("1969-12-31T23:59:59.999Z", -1), ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
    ])
    func `RFC 3339 is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:30Z", "2026-11-21T09:30:00", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00Z", "٢٠٢٦-01-01T00:00:00Z", "26-01-01T00:00:00Z",
    ])
    func `anything else is not`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `writing and reading agree with Foundation over ten thousand years`() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -12_219_292_800..<253_402_300_800, using: &random)
            let moment = Timestamp(seconds: seconds)
            #expect(moment.description == formatter.string(from: Date(timeIntervalSince1970: Double(seconds))))
            #expect(Timestamp(moment.description) == moment)
            let fraction = Timestamp(milliseconds: seconds * 1000 + 7)
            #expect(Timestamp(fraction.description) == fraction)
            #expect(fraction.seconds == seconds)
        }
    }

    @Test func `arithmetic stops at the ends of time`() {
        let last = Timestamp(milliseconds: .max), first = Timestamp(milliseconds: .min)
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect(Timestamp(seconds: .max) == last)
        #expect(last - first == .milliseconds(Int64.max))
        #expect(first.seconds == -9_223_372_036_854_776)
        #expect(Timestamp(seconds: 90) - Timestamp(seconds: 30) == .seconds(60))
    }
}
