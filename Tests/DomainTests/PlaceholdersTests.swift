import Domain
import Testing

struct PlaceholdersTests {
    private let release = Release(
        environment: "production", model: "lending/credit-risk",
        pin: Pin(revision: ObjectID("9f3c0b0000000000000000000000000000000000")!, version: "v1.4.0"), artifact: nil,
        digest: nil, format: .onnx, number: 1_795_000_000)
    private var facts: Placeholders { Placeholders(release) }

    @Test func `fills in what it knows and leaves other braces`() {
        #expect(
            facts.fill("{model} {version} {number} {environment} {revision}")
                == "lending/credit-risk v1.4.0 1795000000 production 9f3c0b0000000000000000000000000000000000")
        let query = "rate(x{a=\"{model}\", b=~\"{c}\"}[5m]) {{model}} {"
        #expect(facts.fill(query) == "rate(x{a=\"lending/credit-risk\", b=~\"{c}\"}[5m]) {lending/credit-risk} {")
        #expect(facts.fill("") == "")
    }

    @Test func `model and number are as the target serves them`() {
        let served = Release(
            environment: release.environment, model: release.model, pin: release.pin, artifact: nil, digest: nil,
            format: nil, number: 7, name: "lending__credit-risk")
        #expect(Placeholders(served).fill("{model}/{number}") == "lending__credit-risk/7")
    }

    @Test func `a value adds no path, query or quote`() {
        #expect(facts.fill("/{model}?", \.percentEncoded) == "/lending%2Fcredit-risk?")
        #expect("a b&c=é%".percentEncoded == "a%20b%26c%3D%C3%A9%25")
        #expect(Placeholders.quoted("a\"b\\c\nd") == #"a\"b\\c\nd"#)
    }
}
