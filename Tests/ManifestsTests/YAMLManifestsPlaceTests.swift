import Domain
import Manifests
import Testing

struct YAMLManifestsPlaceTests {
    private let text = """
        apiVersion: martlet.dev/v1
        kind: Environment
        metadata: {name: prod}
        spec:
          from:
            - dev
            - staging
          gate: strict
        """

    private func place(_ fields: String...) -> Place? {
        YAMLManifests().place(of: fields, in: Array(text.utf8), path: "environments/prod/environment.yaml")
    }

    @Test func `keys and items lead to a place`() {
        #expect(place("spec", "gate") == Place(line: 8, column: 9))
        #expect(place("spec", "from", "staging") == Place(line: 7, column: 7))
        #expect(place("kind") == Place(line: 2, column: 7))
    }

    @Test func `what is missing is shown at what is around it`() {
        #expect(place("spec", "from", "nowhere") == Place(line: 6, column: 5))
        #expect(place("spec", "nowhere", "deeper") == Place(line: 5, column: 3))
        #expect(place("spec", "gate", "deeper") == Place(line: 8, column: 9))
        #expect(place() == Place(line: 1, column: 1))
    }

    @Test func `a file of another kind has no place`() {
        #expect(YAMLManifests().place(of: ["spec"], in: Array(text.utf8), path: "gates/prod.yaml") == nil)
        #expect(YAMLManifests().place(of: ["spec"], in: Array("[".utf8), path: "gates/prod.yaml") == nil)
        #expect(YAMLManifests().place(of: ["spec"], in: [], path: "x") == nil)
    }
}
