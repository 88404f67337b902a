import Domain
import Testing

struct FieldsTests {
    private struct Sample: FieldGroup, Hashable {
        var name: String
        var count: Int
        var wait: Duration?
        var tags: [String]
        var limits: [String: Double]
        var inner: Inner?

        init(_ fields: Fields) throws(FieldErrors) {
            name = try fields.required("name", "what it is called")
            count = fields.value("count", default: 3, "how many")
            wait = fields.optional("wait", "how long")
            tags = fields.value("tags", default: [], "words")
            limits = fields.value("limits", default: [:], "numbers by name")
            inner = fields.optional("inner", "more")
            if count < 0 { fields.complain(about: "count", "must not be negative") }
        }
    }

    private struct Inner: FieldGroup, Hashable {
        var color: Color
        init(_ fields: Fields) throws(FieldErrors) { color = try fields.required("color", "of what colour") }
    }

    private enum Color: String, FieldChoice { case red, green }

    private func read(_ json: JSON) throws(FieldErrors) -> Sample { try Sample(node: ManifestTree(json)) }

    private func problems(_ json: JSON) -> [String] {
        do throws(FieldErrors) {
            _ = try read(json)
            return []
        } catch {
            return error.problems.map { "\($0.code): \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
        }
    }

    @Test func `fields are read, absent and null ones are their default`() throws {
        let sample = try read([
            "name": "a", "count": nil, "wait": "1m", "tags": ["x", 1], "limits": ["y": 1, "z": 0.5],
            "inner": ["color": "red"],
        ])
        #expect(sample.name == "a" && sample.count == 3 && sample.wait == .seconds(60) && sample.tags == ["x", "1"])
        #expect(sample.limits == ["y": 1, "z": 0.5] && sample.inner?.color == .red)
    }

    private struct Bounded: FieldGroup {
        var count: Int
        var share: Double?
        var score: Double
        var alpha: Double?
        var quantile: Double?
        var stages: [String]
        init(_ fields: Fields) throws(FieldErrors) {
            count = fields.value("count", default: 1, within: .atLeast(1), "how many")
            share = fields.optional("share", within: .between(0, 0.5), "a share")
            score = try fields.required("score", within: .between(0, 7), "a score")
            alpha = fields.optional("alpha", within: .inside(0, 1), "a chance")
            quantile = fields.optional("quantile", within: .above(0, upTo: 1), "a quantile")
            stages = fields.value("stages", nonEmpty: ["a"], "the stages")
        }
    }

    @Test func `numbers are held to their bounds, and the schema says the same`() throws {
        let good = try Bounded(node: ManifestTree(["count": 1, "share": 0.5, "score": 7]))
        #expect(good.count == 1 && good.share == 0.5 && good.score == 7)
        let error = #expect(throws: FieldErrors.self) {
            try Bounded(node: ManifestTree(["count": -1, "share": 0.6, "score": 99]))
        }
        #expect(
            error?.problems.map(\.message) == [
                "count: expected a whole number of at least 1, found '-1'",
                "share: expected a number from 0 to 0.5, found '0.6'",
                "score: expected a number from 0 to 7, found '99'",
            ])
        #expect(error?.problems.allSatisfy { $0.code == "out-of-range" } == true)
        #expect(throws: FieldErrors.self) { try Bounded(node: ManifestTree([:])) }
        let schema = Bounded.schema
        #expect(schema["required"] == ["score"])
        #expect(schema["properties"]?["count"]?["minimum"] == 1 && schema["properties"]?["count"]?["maximum"] == nil)
        #expect(schema["properties"]?["score"]?["maximum"] == .double(7))
    }

    @Test func `a bound may be excluded, and a list must not be empty`() throws {
        let good = try Bounded(node: ManifestTree(["score": 1, "alpha": 0.05, "quantile": 1, "stages": ["x"]]))
        #expect(good.alpha == 0.05 && good.quantile == 1 && good.stages == ["x"])
        #expect(try Bounded(node: ManifestTree(["score": 1])).stages == ["a"])
        let error = #expect(throws: FieldErrors.self) {
            try Bounded(node: ManifestTree(["score": 1, "alpha": 1, "quantile": 0, "stages": []]))
        }
        #expect(
            error?.problems.map(\.message) == [
                "alpha: expected a number above 0 and below 1, found '1'",
                "quantile: expected a number above 0 and at most 1, found '0'",
                "stages: expected at least one, found none",
            ])
        let properties = Bounded.schema["properties"]
        #expect(properties?["alpha"]?["exclusiveMinimum"] == .double(0))
        #expect(properties?["alpha"]?["exclusiveMaximum"] == .double(1))
        #expect(properties?["quantile"]?["maximum"] == .double(1))
        #expect(properties?["stages"]?["minItems"] == 1)
    }

    private struct Twice: FieldGroup {
        init(_ fields: Fields) throws(FieldErrors) {
            for _ in 0..<2 { let _: String? = fields.optional("name", "what it is called") }
            for number in 0..<70 { let _: Int? = fields.optional("n\(number)", "a number") }
        }
    }

    @Test(arguments: [0, 1, 62, 63, 64, 70])
    func `a field that nobody asked for is found, however many are known`(count: Int) {
        let known = (0..<count).map { ("n\($0)", JSON.int($0)) } + [("name", "a")]
        #expect(throws: Never.self) { try Twice(node: ManifestTree(.object(known))) }
        for place in [0, known.count / 2, known.count] {
            var fields = known
            fields.insert(("other", 1), at: place)
            let error = #expect(throws: FieldErrors.self) { try Twice(node: ManifestTree(.object(fields))) }
            #expect(error?.problems.map(\.message) == ["unknown field 'other'"])
        }
    }

    @Test func `one look names every problem`() {
        #expect(
            problems([
                "nam": "a", "count": "x", "tags": "y", "limits": ["z": "w"], "inner": ["color": "gren", "x": 1],
                "wait": "1 minute",
            ])
                == [
                    "missing-field: missing field 'name' (what it is called)",
                    "wrong-type: count: expected a whole number, found 'x'",
                    "wrong-type: wait: expected a duration such as 90s, 10m, 1h30m or 7d, found '1 minute'",
                    "wrong-type: tags: expected a list, found 'y' (write it as [a, b] or one '- a' a line)",
                    "wrong-type: limits: expected a number, found 'w'",
                    "unknown-value: inner: color: expected one of red, green, found 'gren' (did you mean 'green'?)",
                    "unknown-field: inner: unknown field 'x' (known fields: color)",
                    "unknown-field: unknown field 'nam' (did you mean 'name'?)",
                ])
    }

    @Test func `a value that is not right is complained about at its place`() {
        #expect(problems(["name": "a", "count": -1]) == ["invalid-value: count: must not be negative"])
        #expect(problems("x") == ["wrong-type: expected a mapping (key: value), found 'x'"])
        #expect(problems([]) == ["wrong-type: expected a mapping (key: value), found a list"])
    }

    @Test func `the schema is recorded from the same fields`() {
        let schema = Sample.schema
        #expect(schema["required"] == ["name"])
        #expect(schema["additionalProperties"] == false)
        #expect(
            schema["properties"]?["count"]
                == ["type": ["integer", "null"], "description": "how many", "default": 3])
        #expect(schema["properties"]?["tags"]?["default"] == nil)
        #expect(schema["properties"]?["tags"]?["items"]?["type"]?.array?.contains("string") == true)
        #expect(schema["properties"]?["inner"]?["properties"]?["color"]?["enum"]?.array?.prefix(2) == ["red", "green"])
    }

    @Test(arguments: [
        ("true", false, true), ("True", false, true), ("FALSE", false, false), ("yes", false, nil), ("true", true, nil),
        ("1", false, nil),
    ])
    func `truth values are those of YAML 1.2`(text: String, quoted: Bool, expected: Bool?) {
        #expect(Bool(scalar: text, quoted: quoted) == expected)
    }

    @Test func `quoted numbers are text, and numbers are finite`() {
        #expect(Int(scalar: "5", quoted: false) == 5)
        #expect(Int(scalar: "5", quoted: true) == nil)
        #expect(Int(scalar: "5.0", quoted: false) == nil)
        #expect(Double(scalar: "nan", quoted: false) == nil)
        #expect(Double(scalar: "1e999", quoted: false) == nil)
        #expect(Double(scalar: "-1e3", quoted: false) == -1000)
    }
}
