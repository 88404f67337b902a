import Domain

/// A small file of measurements, such as `metrics.json`: numbers by the names of members, with dots.
struct Measurements {
    private let json: JSON

    /// Where there is no file.
    static let empty = Measurements(json: .empty)

    private init(json: JSON) { self.json = json }

    init(_ content: Content, path: String) throws {
        let bytes = try RandomAccessBytes(content).all(atMost: 4 << 20)
        do throws(JSON.SyntaxError) { json = try JSON(parsing: bytes, python: true) } catch {
            throw MissingEvidence("\(path) is no JSON: \(error.message) at byte \(error.offset)", file: path)
        }
    }

    /// What stands there, whatever it is; `nil` where nothing does, or null.
    func value(_ member: String) -> JSON? {
        let found = member.split(separator: ".").reduce(json as JSON?) { $0?[String($1)] }
        return found == .null ? nil : found
    }

    /// A time or a size: a number that is not negative.
    subscript(member: String) -> Double? { value(member)?.double.flatMap { $0 >= 0 ? $0 : nil } }
}

extension Subject {
    /// The measurements in a file of the version; none where it has no such file.
    func measurements(_ path: String) async throws -> Measurements {
        try await tools.file(version, path).map { try Measurements($0, path: path) } ?? .empty
    }
}
