/// One component of a path in a tree, judged by the rules that `git fsck` and a checkout hold it to.
enum PathName {
    /// Folders below folders that are followed. Git's own limit is 2048, a path of 4096 bytes allows as many.
    static let deepest = 512

    /// What is wrong with a name, as it stands after "the name"; `nil` for a good one.
    static func fault(of name: some Collection<UInt8>) -> String? {
        guard let first = name.first else { return "is empty" }
        for byte in name where byte == UInt8(ascii: "/") || byte == 0 { return "has a slash or NUL in it" }
        guard first == UInt8(ascii: ".") || first | 0x20 == UInt8(ascii: "g") else { return nil }
        if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return "is \".\" or \"..\"" }
        return isGitFolder(name) ? "would be Git's own folder" : nil
    }

    /// `.git` and what some file system takes for it: any case, dots and spaces at the end, `git~1`.
    private static func isGitFolder(_ name: some Collection<UInt8>) -> Bool {
        guard name.count >= 4, name.count < 64 else { return false }
        var lower = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        while lower.count > 4, let last = lower.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") {
            lower.removeLast()
        }
        return lower == Array(".git".utf8) || lower == Array("git~1".utf8)
    }
}
