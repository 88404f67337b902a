/// One deployment: a model in an environment.
public struct Unit: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let environment: String
    public let model: String

    public init(environment: String, model: String) {
        self.environment = environment
        self.model = model
    }

    public var description: String { "\(environment)/\(model)" }

    public static func < (one: Unit, other: Unit) -> Bool {
        (one.environment, one.model) < (other.environment, other.model)
    }
}
