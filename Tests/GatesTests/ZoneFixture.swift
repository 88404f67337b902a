import Foundation

/// The compiled zones of `Tests/Fixtures/zoneinfo`, which do not change when the machine's do.
enum ZoneFixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/zoneinfo")

    static func bytes(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: folder.appending(path: name))).map { Array($0) }
    }

    static let read: @Sendable (String) -> [UInt8]? = { bytes($0) }
}
