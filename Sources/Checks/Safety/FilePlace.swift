/// Where the path of a file leads that stands in a model.
enum FilePlace {
    /// Whether it leaves the folder that it is relative to, on whichever system it is read.
    static func isOutside(_ path: String) -> Bool {
        let parts = path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.contains("..") || parts.first?.isEmpty == true && parts.count > 1
            || parts.first?.dropFirst().first == ":" || path.contains("://") || path.hasPrefix("~")
    }
}
