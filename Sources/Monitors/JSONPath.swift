import Domain

/// A way into a JSON value: names and positions with dots between, such as `model_version_status.0.state`.
struct JSONPath: Hashable, FieldScalar {
    let steps: [String]

    static var expected: String { "a path such as status.0.state" }

    init?(scalar text: String, quoted: Bool) {
        steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if steps.contains("") { return nil }
    }

    static var schema: JSON { String.schema }
    static var placeholder: JSONPath { JSONPath(scalar: "a", quoted: true)! }

    /// What stands there, or `nil`.
    func value(in json: JSON) -> JSON? {
        var value = json
        for step in steps {
            if let items = value.array, let index = Int(step) {
                guard items.indices.contains(index) else { return nil }
                value = items[index]
            } else {
                guard let member = value[step] else { return nil }
                value = member
            }
        }
        return value
    }

    var text: String { steps.joined(separator: ".") }
}
