import Domain

/// One object of a forge's answer. A field that must be there and is not is told with its name and the request.
struct ForgeRecord: Sendable {
    let json: JSON
    /// The request that it answers, as messages name it.
    let request: String

    /// The value at a path such as `head.sha`; `nil` where it is absent or null.
    subscript(path: String) -> JSON? {
        var value = json
        for name in path.split(separator: ".") {
            guard let next = value[String(name)], next != .null else { return nil }
            value = next
        }
        return value
    }

    func text(_ path: String) throws(ForgeFailure) -> String {
        guard let text = self[path]?.string else { throw lacks(path, "text") }
        return text
    }

    func number(_ path: String) throws(ForgeFailure) -> Int {
        guard let number = self[path]?.int else { throw lacks(path, "a whole number") }
        return number
    }

    func commit(_ path: String) throws(ForgeFailure) -> ObjectID {
        guard let id = self[path]?.string.flatMap({ ObjectID($0) }) else { throw lacks(path, "a commit id") }
        return id
    }

    /// The objects of the list at `path`; none where it is absent.
    func records(_ path: String) -> [ForgeRecord] {
        (self[path]?.array ?? []).map { ForgeRecord(json: $0, request: request) }
    }

    func time(_ path: String) -> Timestamp? { self[path]?.string.flatMap { Timestamp($0) } }

    private func lacks(_ path: String, _ expected: String) -> ForgeFailure {
        ForgeFailure(
            .unreadable,
            "\(request): the answer has no '\(path)', expected \(expected); is the address that of the API?",
            .askHuman)
    }
}
