import Domain

/// The text of a commit or tag: headers, an empty line, the message.
struct ObjectText {
    private var headers: [(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
    let message: String

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")), end != rest.startIndex {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            // A line that starts with a space goes on with the header before, such as a signature.
            if line.first == UInt8(ascii: " ") {
                if let last = headers.indices.last { headers[last].value = bytes[headers[last].value.startIndex..<end] }
                continue
            }
            let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
            headers.append((line[..<space], line[min(space + 1, line.endIndex)...]))
        }
        message = String(decoding: rest.first == UInt8(ascii: "\n") ? rest.dropFirst() : rest, as: UTF8.self)
    }

    func ids(_ key: String) -> [ObjectID?] { values(key).map { ObjectID(String(decoding: $0, as: UTF8.self)) } }

    func text(_ key: String) -> String? { values(key).first.map { String(decoding: $0, as: UTF8.self) } }

    /// `NAME <EMAIL> SECONDS ZONE`. What is missing or broken is empty or 1970, as `git log` shows it.
    func person(_ key: String) -> Person? {
        guard let line = values(key).first else { return nil }
        let open = line.firstIndex(of: UInt8(ascii: "<")) ?? line.endIndex
        let close = line.lastIndex(of: UInt8(ascii: ">")) ?? line.endIndex
        let name = line[..<open]
        let email = open < close ? line[(open + 1)..<close] : []
        let moment = close < line.endIndex ? line[(close + 1)...] : []
        let seconds =
            moment.split(separator: UInt8(ascii: " ")).first
            .flatMap { Int64(String(decoding: $0, as: UTF8.self)) } ?? 0
        return Person(
            name: String(decoding: name.last == UInt8(ascii: " ") ? name.dropLast() : name, as: UTF8.self),
            email: String(decoding: email, as: UTF8.self),
            time: Timestamp(seconds: min(max(seconds, -1 << 40), 1 << 40)))
    }

    private func values(_ key: String) -> [ArraySlice<UInt8>] {
        headers.filter { $0.key.elementsEqual(key.utf8) }.map(\.value)
    }
}

extension Commit {
    /// `nil` where there is no tree, or a parent is no id.
    init?(_ id: ObjectID, parsing bytes: [UInt8]) {
        let text = ObjectText(bytes)
        let parents = text.ids("parent")
        guard let tree = text.ids("tree").first ?? nil, !parents.contains(nil) else { return nil }
        let nobody = Person(name: "", email: "", time: Timestamp(seconds: 0))
        self.init(
            id: id, tree: tree, parents: parents.compactMap(\.self), author: text.person("author") ?? nobody,
            committer: text.person("committer") ?? nobody, message: text.message)
    }
}

extension Tag {
    /// `nil` where it names no object.
    init?(parsing bytes: [UInt8]) {
        let text = ObjectText(bytes)
        guard let target = text.ids("object").first ?? nil else { return nil }
        self.init(name: text.text("tag") ?? "", target: target, tagger: text.person("tagger"), message: text.message)
    }
}
