import Domain
import Testing

struct ApprovalTests {
    @Test func `a tag's name says environment, model and person; models nest`() throws {
        let tag = try #require(ApprovalTag("refs/tags/approve/production/lending/credit-risk/ada@example.com"))
        #expect(tag.unit == Unit(environment: "production", model: "lending/credit-risk"))
        #expect(tag.who == "ada@example.com")
        #expect(tag.description == "approve/production/lending/credit-risk/ada@example.com")
        #expect(ApprovalTag(tag.description) == tag)
    }

    @Test(arguments: [
        "approve/production/ada", "approve//m/ada", "approve/p/m/", "approve/p/../ada", "promote/p/m/ada",
    ])
    func `other names are none`(name: String) { #expect(ApprovalTag(name) == nil) }

    @Test(arguments: [
        ("ada", true), ("Ada", true), ("ada@example.com", true), ("ad", false), ("ada@example", false), ("", false),
        ("eve", false),
    ])
    func `a person is named in full, or as before the @`(who: String, isNamed: Bool) {
        let tag = ApprovalTag(unit: Unit(environment: "p", model: "m"), who: who)
        #expect(tag.names("ada@example.com") == isNamed)
    }

    @Test func `only approvals that moved touch their models`() {
        let (one, other) = (ObjectID.zero, ObjectID(String(repeating: "1", count: 40))!)
        let old = ["refs/tags/approve/p/a/ada": one, "refs/tags/approve/p/b/ada": one, "refs/heads/main": one]
        let new = ["refs/tags/approve/p/a/ada": one, "refs/tags/approve/p/c/d/ada": other, "refs/heads/main": other]
        #expect(ApprovalTag.models(movedBetween: old, and: new) == ["b", "c/d"])
    }
}
