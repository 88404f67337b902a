import CAssets

/// The files of `manifests/demo`.
enum DemoFiles {
    static var all: [EmbeddedFile] { EmbeddedFile.all(in: CAssetsDemo()) }
}
