import Testing

@testable import Checks

@Suite struct FlatYAMLTests {
    @Test func `scalars are found by their paths`() throws {
        let yaml = FlatYAML(try Fixture.text("penguins/versions/v2/params.yaml"))
        #expect(yaml.values["train.rows"] == "224")
        #expect(yaml.members(of: "hyperparameters")["alpha"] == "0.001")
        #expect(yaml.members(of: "hyperparameters")["hidden"] == "[16, 8]")
        #expect(FlatYAML("a: 'x: y'   # why\nb: \"#1\"\n").values == ["a": "x: y", "b": "#1"])
    }

    @Test(arguments: [
        "{\"hyperparameters\": {\"C\": 0.5, \"solver\": {\"tol\": 1e-4}, \"hidden\": [16, 8], \"name\": \"a: b\"}}",
        "{\n  \"hyperparameters\": {\n    \"C\": 0.5,\n    \"solver\": {\"tol\": 1e-4},\n    \"hidden\": [16, 8],\n    \"name\": \"a: b\"\n  }\n}\n",
        "hyperparameters: {C: 0.5, solver: {tol: 1e-4}, hidden: [16, 8], name: 'a: b'}  # why\n",
        "hyperparameters: {  # all\n  C: 0.5, solver: {tol: 1e-4},\r\n  hidden: [16, 8],\n  name: \"a: b\"}\nother: 1\n",
        "hyperparameters:\n  C: 0.5\n  solver: {tol: 1e-4}\n  hidden: [16, 8]\n  name: 'a: b'\n",
    ])
    func `JSON and flow mappings are read, over one line or several`(text: String) {
        let found = FlatYAML(text).members(of: "hyperparameters")
        #expect(found["C"] == "0.5" && found["hidden"] == "[16, 8]" && found["name"] == "a: b", "\(found)")
        #expect(found["solver.tol"].flatMap { Double($0) } == 1e-4, "\(found)")
        #expect(found.count == 4, "\(found)")
    }

    @Test func `an empty name stands for the top level`() {
        #expect(FlatYAML("C: 1\na: {b: 2}\n").members(of: "") == ["C": "1", "a.b": "2"])
    }
}
