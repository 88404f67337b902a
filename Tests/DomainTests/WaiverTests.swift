import Domain
import Testing

struct WaiverTests {
    private let head: [(String, JSON)] = [
        ("model", "m"), ("check", "model.slices"), ("reason", "so"), ("expires", "2026-03-01T00:00:00Z"), ("by", "ada"),
    ]

    private func waiver(_ more: (String, JSON)...) throws(FieldErrors) -> Waiver {
        try Waiver(node: ManifestTree(.object(head + more)))
    }

    private func version(_ revision: Character, _ tree: Character) -> ModelVersion {
        ModelVersion(
            model: "m", revision: ObjectID(String(repeating: revision, count: 40))!,
            tree: ObjectID(String(repeating: tree, count: 40))!)
    }

    @Test func `a waiver must be for one version`() {
        #expect(throws: FieldErrors.self) { try waiver() }
    }

    @Test func `a revision that cannot be read is not missing as well`() throws {
        let error = #expect(throws: FieldErrors.self) { try waiver(("revision", "abc")) }
        #expect(error?.problems.map(\.code) == ["wrong-type"])
        let none = #expect(throws: FieldErrors.self) { try waiver(("revision", nil)) }
        #expect(none?.problems.count == 1)
    }

    @Test func `it ends at a moment, or where a day begins`() throws {
        let fields = head.filter { $0.0 != "expires" } + [("tree", .string(String(repeating: "b", count: 40)))]
        for (text, end) in [
            ("2026-12-15", "2026-12-15T00:00:00Z"), ("2026-12-15T12:00:00+01:00", "2026-12-15T11:00:00Z"),
        ] {
            let waiver = try Waiver(node: ManifestTree(.object(fields + [("expires", .string(text))])))
            #expect(waiver.expires == Timestamp(end))
        }
    }

    @Test func `a waiver covers its revision or its content, in its environment or everywhere`() throws {
        let byRevision = try waiver(("revision", .string(String(repeating: "a", count: 40))))
        #expect(byRevision.covers(version("a", "b"), in: "dev"))
        #expect(!byRevision.covers(version("c", "b"), in: "dev"))
        let byTree = try waiver(
            ("tree", .string(String(repeating: "b", count: 40))), ("environment", "dev"))
        #expect(byTree.covers(version("c", "b"), in: "dev"))
        #expect(!byTree.covers(version("c", "b"), in: "prod"))
        #expect(!byTree.covers(version("c", "d"), in: "dev"))
    }
}
