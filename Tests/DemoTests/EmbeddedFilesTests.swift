import CAssets
import Foundation
import Testing

/// What was put into the binary is what lies in the folders.
struct EmbeddedFilesTests {
    private static let manifests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "manifests")

    @Test(arguments: ["starter", "demo"])
    func `the binary holds every file of the folder, byte for byte`(folder: String) throws {
        let list = folder == "starter" ? CAssetsStarter() : CAssetsDemo()
        let embedded = UnsafeBufferPointer(start: list.files, count: list.count).map { file in
            (String(cString: file.path), Data(bytes: file.bytes, count: file.count))
        }
        let files = try files(of: folder)
        #expect(embedded.map(\.0) == files, "run manifests/embed.sh after adding or removing a file")
        for (path, bytes) in embedded {
            let there = try Data(contentsOf: Self.manifests.appending(path: "\(folder)/\(path)"))
            #expect(bytes == there, "\(folder)/\(path)")
        }
    }

    private func files(of folder: String) throws -> [String] {
        let root = Self.manifests.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: root.path())?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            let facts = try? FileManager.default.attributesOfItem(atPath: root.appending(path: name).path())
            return facts?[.type] as? FileAttributeType == .typeRegular && !name.hasSuffix(".pyc")
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
