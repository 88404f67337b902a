/// Where bytes are before they are in the cache.
enum ArtifactSource: Sendable {
    case bytes([UInt8])
    case file(String)
    case web(String)

    /// For messages. An address is shown without its query, which may hold a token.
    var name: String {
        switch self {
        case .bytes: "the file in Git"
        case .file(let path): path
        case .web(let url): String(url.prefix { $0 != "?" && $0 != "#" })
        }
    }
}
