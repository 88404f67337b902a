/// Something that happened, for logs and terminals.
public struct Event: Sendable {
    public enum Level: String, Sendable { case debug, info, warning, error }

    public let level: Level
    public let message: String
    public let fields: [(String, String)]

    public init(_ level: Level, _ message: String, _ fields: [(String, String)] = []) {
        self.level = level
        self.message = message
        self.fields = fields
    }
}
