import Domain
import Testing

@testable import Gates

@Suite struct MaintenanceWindowTests {
    private func window(_ allow: String, _ zone: String = "Europe/Berlin") throws -> MaintenanceWindow {
        let node = ManifestTree(["allow": .string(allow), "zone": .string(zone)])
        return try MaintenanceWindow(try Environment.Window(node: node), zoneFile: ZoneFixture.bytes)
    }

    private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    @Test(arguments: [
        ("2026-11-16T08:00:00Z", true), ("2026-11-16T07:59:59Z", false), ("2026-11-16T14:59:59Z", true),
        ("2026-11-16T15:00:00Z", false), ("2026-11-20T12:00:00Z", false), ("2026-07-13T07:00:00Z", true),
        ("2026-07-13T06:59:00Z", false),
    ])
    func `office hours in Berlin are an hour earlier in UTC in summer`(time: String, expected: Bool) throws {
        #expect(try window("Mon-Thu 09:00-16:00").isOpen(at: moment(time)) == expected)
    }

    @Test func `a night belongs to the day on which it starts`() throws {
        let night = try window("Fri 22:00-04:00", "UTC")
        #expect(try night.isOpen(at: moment("2026-11-21T03:59:00Z")))
        #expect(try !night.isOpen(at: moment("2026-11-20T03:00:00Z")))
        let saturday = try window("Sat 22:00-04:00", "UTC")
        #expect(try saturday.isOpen(at: moment("2026-11-22T01:00:00Z")))
    }

    @Test func `days wrap around the week, and several ranges count`() throws {
        let weekend = try window("Fri-Mon, Wed 12:00-13:00", "UTC")
        let open = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
        for day in open { #expect(try weekend.isOpen(at: moment("\(day)T00:00:00Z"))) }
        #expect(try !weekend.isOpen(at: moment("2026-11-24T00:00:00Z")))
        #expect(try weekend.isOpen(at: moment("2026-11-25T12:30:00Z")))
    }

    @Test func `the next opening is said`() throws {
        let office = try window("Mon-Thu 09:00-16:00")
        #expect(try office.nextOpening(from: moment("2026-11-20T12:00:00Z")) == moment("2026-11-23T08:00:00Z"))
        // Over the change to summer time on 29 March 2026.
        #expect(try office.nextOpening(from: moment("2026-03-27T12:00:00Z")) == moment("2026-03-30T07:00:00Z"))
        #expect(try office.nextOpening(from: moment("2026-11-16T09:00:00Z")) == moment("2026-11-16T09:00:00Z"))
    }

    @Test func `an hour that the clock skips opens at the jump`() throws {
        // In Berlin 02:00 is followed by 03:00 on 29 March 2026, at 01:00 UTC.
        let hour = try window("Sun 02:30-04:00")
        #expect(try hour.nextOpening(from: moment("2026-03-28T12:00:00Z")) == moment("2026-03-29T01:00:00Z"))
        // On 25 October the hour from 02:00 comes twice.
        #expect(try hour.isOpen(at: moment("2026-10-25T00:30:00Z")))
        #expect(try !hour.isOpen(at: moment("2026-10-25T01:15:00Z")))
        #expect(try hour.isOpen(at: moment("2026-10-25T01:30:00Z")))
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
    func `the next opening is the first open minute, by trying them all`(zone: String) throws {
        let start = try moment("2026-03-25T00:00:00Z").seconds
        for allow in ["Mon-Thu 09:00-16:00", "Sun 01:15-02:45", "22:00-04:00", "Sat-Sun, Tue 00:00-00:30"] {
            let window = try window(allow, zone)
            for _ in 0..<6 {
                let from = start + Int64.random(in: 0..<14 * 1440) * 60
                let first = (0..<14 * 1440).lazy.map { Timestamp(seconds: from + Int64($0) * 60) }
                    .first { window.isOpen(at: $0) }
                #expect(window.nextOpening(from: Timestamp(seconds: from)) == first, "\(allow) \(zone) from \(from)")
            }
        }
    }

    @Test(arguments: [
        "", "Mon", "Moon 09:00-10:00", "Mon 9-10", "Mon 25:00-26:00", "Mon 10:00-10:00", "Mon-Tue-Wed",
        "Mon 09:00-16:00,", "Mo-Thu 09:00-16:00", "00:00-25:00", "whenever",
        "Mon 09:00-16:00 UTC", "09:00-16:00 Mon",
    ])
    func `what is no window is refused with an example`(text: String) throws {
        if text == "Mon" {
            #expect(try window("Mon").isOpen(at: moment("2026-11-16T12:00:00Z")))
            return
        }
        let problem = #expect(throws: FieldErrors.self) { try window(text) }
        #expect(problem?.description.contains("Mon") == true)
    }

    @Test(arguments: ["Europe/Nowhere", "../../etc/passwd", "/etc/passwd", "", "Europe/Ber lin"])
    func `a zone that is none is refused`(zone: String) throws {
        #expect(throws: MaintenanceWindow.Problem.self) { try window("Mon", zone) }
        #expect(!MaintenanceWindow.isZone(zone, zoneFile: ZoneFixture.bytes))
        #expect(MaintenanceWindow.isZone("Europe/Berlin", zoneFile: ZoneFixture.bytes))
    }
}
