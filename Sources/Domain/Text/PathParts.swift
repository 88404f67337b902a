extension StringProtocol {
    /// The names that a path is made of, divided at each byte `/`.
    ///
    /// Not by `split(separator: "/")`: for Swift a slash and a mark that combines with it are one character, so that a part `..` before such
    /// a mark would not be seen.
    ///
    /// - Parameters:
    ///   - keepingEmpty: Whether what lies between two slashes is a part, too, and what lies before the first and behind the last.
    ///   - most: How many parts at most; the last one has the rest, slashes and all.
    public func pathParts(keepingEmpty: Bool = false, most: Int = .max) -> [Substring] {
        Substring(self).utf8
            .split(
                separator: UInt8(ascii: "/"), maxSplits: most == .max ? .max : most - 1,
                omittingEmptySubsequences: !keepingEmpty
            )
            .map { Substring($0) }
    }
}
