/// The folders of a request that were looked through, and how much that was.
public struct CheckedFolders: Sendable {
    /// More folders, larger ones and more bytes of them are not looked through for one request or pull request: whoever may push can make a few
    /// bytes unpack to a great many.
    public static let most = 100_000
    public static let largest = 16 << 20
    public static let mostBytes = 256 << 20

    private var sound: Set<ObjectID> = []
    private var bytes = 0

    public init() {}

    /// Returns whether it is a new one.
    public mutating func begin(_ folder: ObjectID) -> Bool { sound.insert(folder).inserted }

    /// Counts what is about to be read; returns why that is too much.
    public mutating func objection(toReading size: Int) -> String? {
        bytes += size
        if size > Self.largest { return "has a folder of \(size) bytes, \(Self.largest) are allowed" }
        if bytes > Self.mostBytes { return "has folders of more than \(Self.mostBytes) bytes together that are new" }
        return sound.count > Self.most ? "has more than \(Self.most) folders that are new" : nil
    }
}
