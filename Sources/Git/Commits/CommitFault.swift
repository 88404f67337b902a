/// What `git fsck` finds wrong in the text of a commit.
enum CommitFault {
    /// What is wrong first, as it stands after the commit's name; `nil` where nothing is.
    static func first(in bytes: [UInt8]) -> String? {
        if bytes.contains(0) { return "it has a zero byte, at which Git ends its message" }
        var lines = headers(bytes)[...]
        guard lines.popFirst()?.starts(with: "tree ".utf8) == true else { return "it does not begin with its tree" }
        while lines.first?.starts(with: "parent ".utf8) == true { lines.removeFirst() }
        for (role, most) in [("author", Int.max), ("committer", 1)] {
            var count = 0
            while count < most, let line = lines.first, line.starts(with: "\(role) ".utf8) {
                guard isPerson(line.dropFirst(role.utf8.count + 1)) else {
                    return "its \(role) is not written as NAME <ADDRESS> SECONDS +0000"
                }
                lines.removeFirst()
                count += 1
            }
            guard count == 1 else { return count == 0 ? "it has no \(role)" : "it has more than one \(role)" }
        }
        return nil
    }

    private static func headers(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end != rest.startIndex {
            lines.append(rest[..<end])
            rest = rest[(end + 1)...]
        }
        return lines
    }

    /// Whether `NAME <ADDRESS> SECONDS ZONE` stands there; the name may be empty, a space before the bracket is not.
    private static func isPerson(_ text: ArraySlice<UInt8>) -> Bool {
        func bracket(_ text: ArraySlice<UInt8>) -> Int? {
            text.firstIndex { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
        }
        guard let open = bracket(text), text[open] == UInt8(ascii: "<"), open > text.startIndex,
            text[open - 1] == UInt8(ascii: " "), let close = bracket(text[(open + 1)...]),
            text[close] == UInt8(ascii: ">")
        else { return false }
        let parts = text[(close + 1)...].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty else { return false }
        let (seconds, zone) = (parts[1], parts[2])
        guard !seconds.isEmpty, seconds.allSatisfy(isDigit), seconds.first != UInt8(ascii: "0") || seconds.count == 1,
            Int64(String(decoding: seconds, as: UTF8.self)) != nil
        else { return false }
        return zone.count == 5 && (zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-"))
            && zone.dropFirst().allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
