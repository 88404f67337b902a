import Domain
import Foundation
import TestSupport
import Testing

/// The binary and a forge: settings from `martlet.yaml`, the token from the environment.
struct ForgeCommandTests {
    private static func settings(_ forge: String) -> String {
        "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  forge: {\(forge)}\n"
    }

    private static let rooms = [
        House.Room(name: "dev"),
        House.Room(
            name: "production", from: ["dev"],
            more: "  promotion: {mode: pull-request}\n  windows: [{allow: \"Mon 00:00-00:01\", zone: UTC}]"),
    ]

    @Test func `validate names a forge that is not there, and a setting that it does not have`() async throws {
        try await withHouse(rooms: Self.rooms) { house in
            try house.commit(["martlet.yaml": Self.settings("kind: githob, repository: acme/models")], "forge")
            let unknown = try house.martlet(["validate", "-C", house.work])
            #expect(unknown.code == 1)
            #expect(
                unknown.output.contains("martlet.yaml:5:") && unknown.output.contains("did you mean 'github'?"),
                "\(unknown)")
            try house.commit(
                ["martlet.yaml": Self.settings("kind: github, repository: acme/models, tokn: {env: T}")], "forge")
            let misspelt = try house.martlet(["validate", "-C", house.work])
            #expect(misspelt.code == 1 && misspelt.output.contains("did you mean 'token'?"), "\(misspelt)")
        }
    }

    @Test func `reconcile shows the request as a pull request, and says where`() async throws {
        try await withHouse(rooms: Self.rooms) { house in
            let server = try EmulatedForge.start("github", over: house.origin)
            let url = EmulatedForge.address(of: server, "github")
            try house.commit(
                [
                    "martlet.yaml": Self.settings(
                        "kind: github, url: \"\(url)\", repository: acme/models, token: {env: FORGE_TOKEN}")
                ], "forge")
            try house.push(right: 9)
            let done = try house.martlet(
                ["reconcile", "-C", house.origin], environment: ["FORGE_TOKEN": EmulatedForge.token])
            #expect(done.code == 0, "\(done)")
            #expect(!done.errors.contains(EmulatedForge.token))
            let shown = try house.martlet(["request", "show", "-C", house.origin, "production/tumor"])
            guard shown.output.contains("is open") else { return }  // The minute of the window has come.
            #expect(shown.output.contains("http://forge/acme/models/pull/1"), "\(shown)")
        }
    }
}
