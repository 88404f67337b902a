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
}
