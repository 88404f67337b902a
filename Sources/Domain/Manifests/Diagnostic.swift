/// What is wrong with a file, and where: for people first, for machines too.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Sendable { case error, warning }

    /// The path in the repository.
    public var file: String
    public var place: Place
    public var severity: Severity
    /// A stable name such as `unknown-field`, for machines.
    public var code: String
    public var message: String
    /// What to do about it, where that is known.
    public var hint: String?

    public init(
        file: String, place: Place = Place(line: 1, column: 1), severity: Severity = .error, code: String,
        message: String,
        hint: String? = nil
    ) {
        self.file = file
        self.place = place
        self.severity = severity
        self.code = code
        self.message = message
        self.hint = hint
    }

    public init(file: String, _ problem: FieldProblem) {
        self.init(file: file, place: problem.place, code: problem.code, message: problem.message, hint: problem.hint)
    }
}

extension Diagnostic: CustomStringConvertible {
    public var description: String {
        Excerpt.oneLine(
            "\(file):\(place.line):\(place.column): \(severity.rawValue): \(message)" + (hint.map { " (\($0))" } ?? ""))
    }
}

extension Diagnostic {
    public var json: JSON {
        [
            "file": .string(file), "line": .int(place.line), "column": .int(place.column),
            "severity": .string(severity.rawValue), "code": .string(code), "message": .string(message),
            "hint": JSON(hint),
        ]
    }
}

/// A position in a text file; both count from 1, columns in characters as editors show them.
public struct Place: Hashable, Sendable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
