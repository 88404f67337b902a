import Domain

/// Paths that untrusted files name.
enum RelativePath {
    /// Whether every part is a plain name: no `..`, nothing absolute, no control characters.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.pathParts(keepingEmpty: true)
        return path.utf8.count <= 4096 && path.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
    }

    /// For a message: without control characters, and short.
    static func shown(_ path: String) -> String {
        String(
            String.UnicodeScalarView(
                path.unicodeScalars.prefix(120).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
