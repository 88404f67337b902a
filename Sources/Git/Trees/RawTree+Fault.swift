import Domain

extension RawTree {
    /// What `git fsck` finds wrong with its entries, besides names that are not read at all; `nil` where there is nothing.
    var fault: String? {
        var last: Entry?
        // Files whose names the next ones begin with: a folder of the same name may come some entries later.
        var files: [Entry] = []
        for entry in entries {
            let name = bytes[entry.name]
            if bytes[entry.whole.lowerBound] == UInt8(ascii: "0") {
                return "has the mode of \(words(entry)) with a zero in front"
            }
            if entry.id == .zero { return "has nothing in the place of \(words(entry))" }
            if let last {
                let order = TreeOrder.compare(bytes[last.name], isTree: last.isTree, name, isTree: entry.isTree)
                if order > 0 { return "is not sorted at \(words(entry))" }
                if order == 0 { return "has \(words(entry)) twice" }
            }
            while let file = files.last, !name.starts(with: bytes[file.name]) { files.removeLast() }
            if entry.isTree {
                if files.last?.name.count == name.count { return "has \(words(entry)) twice" }
            } else {
                files.append(entry)
            }
            last = entry
        }
        return nil
    }

    private func words(_ entry: Entry) -> String { Sanitized.text(name(entry), limit: 200) }
}
