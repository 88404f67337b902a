public import Domain
import Foundation

/// A forge on loopback over a real repository, held to its published description: see `Tests/ForgesTests/Emulator`.
public enum EmulatedForge {
    public static let token = "token-of-the-test"

    /// - Parameters:
    ///   - kind: `github`, `gitlab` or `gitea`.
    ///   - origin: The bare repository behind it.
    ///   - description: The published description, where it is not the usual one of that kind.
    public static func start(
        _ kind: String, over origin: String, config: [String: JSON] = [:], description: String? = nil
    ) throws -> LoopbackServer {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../ForgesTests")
        let name = description ?? ["github": "github-2022-11-28", "gitea": "forgejo"][kind] ?? kind
        var settings = config
        settings["kind"] = .string(kind)
        settings["repository"] = .string(origin)
        settings["description"] = .string(folder.appending(path: "Descriptions/\(name).json").path())
        let script = try String(contentsOf: folder.appending(path: "Emulator/emulator.py"), encoding: .utf8)
        let text = JSON.object(settings.map { ($0.key, $0.value) }).text()
        return try LoopbackServer("CONFIG = json.loads(r'''\(text)''')\n" + script)
    }

    /// The address of its API.
    public static func address(of server: LoopbackServer, _ kind: String) -> String {
        server.url + (["github": "/api/v3", "gitlab": "/api/v4", "gitea": "/api/v1"][kind] ?? "")
    }
}
