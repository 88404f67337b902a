import CAssets

/// The files that `martlet init` writes.
enum Starter {
    static var files: [EmbeddedFile] { EmbeddedFile.all(in: CAssetsStarter()) }
}

/// A file that was put into the binary when it was built.
struct EmbeddedFile: Sendable {
    let path: String
    let bytes: [UInt8]

    static func all(in list: CAssetList) -> [EmbeddedFile] {
        UnsafeBufferPointer(start: list.files, count: list.count).map { file in
            EmbeddedFile(
                path: String(cString: file.path),
                bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
        }
    }
}
