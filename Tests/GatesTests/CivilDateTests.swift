import Testing

@testable import Gates

@Suite struct CivilDateTests {
    @Test func `days and dates are each other's inverse`() {
        for days in stride(from: Int64(-800_000), through: 800_000, by: 37) {
            let date = CivilDate(daysSince1970: days)
            #expect(date.daysSince1970 == days)
            #expect((1...CivilDate.days(ofMonth: date.month, in: date.year)).contains(date.day))
        }
    }

    @Test func `weekdays are right on both sides of 1970`() {
        #expect(CivilDate.weekday(0) == 4)
        #expect(CivilDate.weekday(-1) == 3)
        #expect(CivilDate.weekday(CivilDate(year: 2026, month: 11, day: 21).daysSince1970) == 6)
    }
}
