/// Takes secrets out of what foreign programs and servers say.
///
/// A secret of several lines is hidden line by line too, since a program may print one of them. What is shorter than four bytes would
/// hide half of every text, and is not hidden. A secret in another encoding, such as Base64, is not recognised.
struct SecretMask {
    private static let shortest = 4
    private static let mark = Array("…".utf8)

    private let values: [[UInt8]]

    /// `nil` where there is nothing to hide.
    init?(_ secrets: [String]) {
        let lines = secrets.flatMap { secret in
            let bytes = Array(secret.utf8)
            return [bytes[...]] + bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        }
        values = Set(lines.filter { $0.count >= Self.shortest }.map(Array.init)).sorted { $0.count > $1.count }
        if values.isEmpty { return nil }
    }

    /// The bytes with a mark for each secret. Of `limit` bytes or more, either end may be cut: a piece of a secret there is hidden as well.
    func hiding(in bytes: [UInt8], cutAt limit: Int = .max) -> [UInt8] {
        var hidden = [Bool](repeating: false, count: bytes.count)
        for value in values { mark(value, in: bytes, isCut: bytes.count >= limit, &hidden) }
        guard hidden.contains(true) else { return bytes }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for index in bytes.indices {
            if !hidden[index] {
                kept.append(bytes[index])
            } else if index == 0 || !hidden[index - 1] {
                kept += Self.mark
            }
        }
        return kept
    }

    /// Notes where `value` stands. Occurrences may overlap.
    private func mark(_ value: [UInt8], in bytes: [UInt8], isCut: Bool, _ hidden: inout [Bool]) {
        var start = 0
        while start + value.count <= bytes.count {
            if bytes[start] == value[0], bytes[start..<start + value.count].elementsEqual(value) {
                for index in start..<start + value.count { hidden[index] = true }
            }
            start += 1
        }
        guard isCut else { return }
        for count in stride(from: min(value.count - 1, bytes.count), through: 1, by: -1) {
            if bytes.starts(with: value.suffix(count)) { for index in 0..<count { hidden[index] = true } }
            if bytes.suffix(count).elementsEqual(value.prefix(count)) {
                for index in bytes.count - count..<bytes.count { hidden[index] = true }
            }
        }
    }
}

extension String {
    /// The text with `…` for each of the secrets in it, save those of fewer than four bytes.
    public func hiding(_ secrets: [String]) -> String {
        SecretMask(secrets).map { String(decoding: $0.hiding(in: Array(utf8)), as: UTF8.self) } ?? self
    }
}
