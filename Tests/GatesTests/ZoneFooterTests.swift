import Testing

@testable import Gates

@Suite struct ZoneFooterTests {
    @Test(arguments: [
        "", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0/3x",
    ])
    func `what is no rule is refused`(text: String) {
        #expect(ZoneFooter(text) == nil)
    }

    @Test func `rules of every kind are read`() throws {
        #expect(try #require(ZoneFooter("<+0545>-5:45")).offset(at: 0) == 20_700)
        // Day 60 is 1 March in every year where 29 February is not counted.
        let julian = try #require(ZoneFooter("AAA0BBB,J60/0,J61/0"))
        #expect(julian.offset(at: 1_709_251_200) == 3600)  // 2024-03-01T00:00:00Z
        #expect(julian.offset(at: 1_709_251_199) == 0)
        let ordinal = try #require(ZoneFooter("AAA0BBB,59/0,60/0"))
        #expect(ordinal.offset(at: 1_709_164_800) == 3600)  // 2024-02-29T00:00:00Z
        #expect(ordinal.offset(at: 1_709_251_200) == 0)
    }

    @Test func `summer may go over the new year`() throws {
        let south = try #require(ZoneFooter("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"))
        #expect(south.offset(at: 1_735_689_600) == 39_600)  // 2025-01-01
        #expect(south.offset(at: 1_751_328_000) == 37_800)  // 2025-07-01
    }
}
