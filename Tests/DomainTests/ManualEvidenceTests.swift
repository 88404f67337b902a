import Domain
import Testing

struct ManualEvidenceTests {
    private let whole: JSON = [
        "check": "data.privacy", "model": "tumor", "author": "ada@example.com", "date": "2026-11-01",
        "text": "Looked through all columns.", "distributedTo": ["lending-ml"],
    ]

    private func evidence(_ changes: [String: JSON] = [:]) throws -> ManualEvidence {
        let members = (whole.members ?? []).filter { changes[$0.key] == nil }.map { ($0.key, $0.value) }
        return try ManualEvidence(
            node: ManifestTree(.object(members + changes.sorted { $0.key < $1.key }.map { ($0, $1) })))
    }

    private func problems(_ changes: [String: JSON]) -> [String] {
        do throws(FieldErrors) {
            _ = try ManualEvidence(
                node: ManifestTree(
                    .object(
                        (whole.members ?? []).filter { changes[$0.key] == nil }.map { ($0.key, $0.value) }
                            + changes.filter { $0.value != .null }.map { ($0.key, $0.value) })))
            return []
        } catch { return error.problems.map(\.message) }
    }

    private func refusal(
        _ evidence: ManualEvidence, signer: String? = "Ada@example.com", committed: String = "2026-11-02T09:00:00Z",
        now: String = "2026-11-21T12:00:00Z"
    ) throws -> String? {
        evidence.refusal(
            signer: signer, committed: try #require(Timestamp(committed)), now: try #require(Timestamp(now)))
    }

    @Test func `counts while it is signed, documented, told and in date`() throws {
        let evidence = try evidence()
        #expect(evidence.result == .pass)
        #expect(try refusal(evidence) == nil)
        #expect(try refusal(evidence, signer: nil)?.contains("allowed_signers") == true)
        #expect(try refusal(evidence, now: "2026-10-31T23:59:59Z")?.contains("future") == true)
        #expect(try refusal(evidence, committed: "2026-10-31T23:59:59Z")?.contains("dated after the commit") == true)
    }

    @Test func `counts for the one who signed it alone`() throws {
        #expect(
            try refusal(evidence(), signer: "mal@example.com")
                == "it says that ada@example.com ran the test, but mal@example.com signed the commit that brought it")
        #expect(try refusal(evidence(["author": "mal@example.com"]), signer: "mal@example.com") == nil)
    }

    @Test func `ends on its day, or after 180 days`() throws {
        let plain = try evidence(), short = try evidence(["expires": "2026-11-21"])
        #expect(try refusal(plain, now: "2027-04-29T23:59:59Z") == nil)
        #expect(try refusal(plain, now: "2027-04-30T00:00:00Z")?.contains("expired") == true)
        #expect(try refusal(short, now: "2026-11-20T23:59:59Z") == nil)
        #expect(try refusal(short, now: "2026-11-21T00:00:00Z")?.contains("expired") == true)
    }

    @Test(arguments: [
        ("distributedTo", [] as JSON, "expected at least one, found none"),
        ("distributedTo", JSON.null, "missing field 'distributedTo'"),
        ("distributedTo", [" "] as JSON, "name at least one"), ("text", " \n" as JSON, "must not be empty"),
        ("author", "" as JSON, "must not be empty"),
        ("expires", "2026-11-01" as JSON, "must be later than the date"),
        ("date", "yesterday" as JSON, "a day such as"),
        ("text", JSON.null, "missing field 'text'"), ("links", [["path": "a.md"]] as JSON, "needs its sha256"),
        ("links", [[:]] as JSON, "give a path or a url"), ("sign", "x" as JSON, "unknown field 'sign'"),
    ])
    func `what is missing or makes no sense is a problem`(field: String, value: JSON, words: String) {
        #expect(problems([field: value]).contains { $0.contains(words) })
    }

    @Test func `its path is below evidence`() {
        let found = ManifestPath.kind(of: "evidence/lending/risk/privacy.yaml")
        #expect(found?.kind == ManualEvidence.kind)
        #expect(found?.name == "lending/risk/privacy")
        #expect(ManifestPath.path(ofKind: "Evidence", name: "a/b") == "evidence/a/b.yaml")
    }
}
