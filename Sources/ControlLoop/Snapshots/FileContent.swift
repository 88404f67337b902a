/// What a file on disk holds, or why it is not read: whoever wrote it may be anybody.
public enum FileContent: Hashable, Sendable {
    case bytes([UInt8])
    /// A link, a device, a pipe or a socket.
    case notPlain
    case tooLarge
    /// In words.
    case unreadable(String)

    public var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}
