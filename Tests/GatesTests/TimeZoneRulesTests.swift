import Domain
import Testing

@testable import Gates

@Suite struct TimeZoneRulesTests {
    @Test func `offsets are those of Python's zoneinfo, before, around and long after every change`() throws {
        let table = String(decoding: try #require(ZoneFixture.bytes("offsets.csv")), as: UTF8.self)
        var zones: [String: TimeZoneRules] = [:]
        var count = 0
        for line in table.split(separator: "\n").dropFirst() {
            let parts = line.split(separator: ",")
            let name = String(parts[0])
            if zones[name] == nil {
                let bytes = try #require(ZoneFixture.bytes(name))
                let rules = try #require(TimeZoneRules(bytes))
                zones[name] = rules
            }
            let seconds = try #require(Int64(parts[1]))
            #expect(zones[name]?.offset(at: Timestamp(seconds: seconds)) == Int64(parts[2]), "\(line)")
            count += 1
        }
        #expect(count > 900)
    }

    @Test func `bytes that are no zone are refused, and none crashes`() throws {
        #expect(TimeZoneRules([]) == nil)
        #expect(TimeZoneRules(Array("TZif".utf8)) == nil)
        let good = try #require(ZoneFixture.bytes("Europe/Berlin"))
        for step in 0..<600 {
            var bytes = Array(good.prefix(step % 3 == 0 ? Int.random(in: 0...good.count) : good.count))
            for _ in 0..<4 where !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0...255) }
            for moment in [Int64(-1 << 40), 0, 1_700_000_000, 1 << 40] {
                _ = TimeZoneRules(bytes)?.offset(at: Timestamp(seconds: moment))
            }
        }
    }
}
