import Domain
import Testing

struct ForgeSettingsTests {
    private func settings(_ json: JSON) throws -> RepositorySettings {
        try RepositorySettings(node: ManifestTree(json))
    }

    @Test func `keeps what is the forge's own for the forge`() throws {
        let forge = try #require(
            try settings(["forge": ["kind": "github", "repository": "acme/models", "reviews": true, "merge": "forge"]])
                .forge)
        #expect(forge.reviews && forge.merge == .forge && forge.plugin.kind == "github")
        #expect(forge.plugin.settings.json == ["repository": "acme/models"])
    }

    @Test func `decides nothing unless it is asked to`() throws {
        let forge = try #require(try settings(["forge": ["kind": "gitea"]]).forge)
        #expect(!forge.reviews && forge.merge == .martlet)
        #expect(try settings(.empty).forge == nil)
        #expect(throws: FieldErrors.self) { try settings(["forge": ["repository": "x/y"]]) }
        #expect(throws: FieldErrors.self) { try settings(["forge": ["kind": "github", "merge": "me"]]) }
    }

    @Test func `a secret is where it is, never what it is`() throws {
        func secret(_ json: JSON) throws -> Secret { try Secret(node: ManifestTree(json)) }
        let tools = Tools(
            run: { _ in CommandResult(ending: .exited(0)) }, send: { _ in Tools.Reply(status: 500) },
            secret: { ["TOKEN": "abc\n", "/run/secrets/t": "def"][$0] }, now: { Timestamp(seconds: 0) })
        #expect(try secret(["env": "TOKEN"]).read(tools) == "abc")
        #expect(try secret(["file": "/run/secrets/t"]).read(tools) == "def")
        #expect(try secret(["env": "OTHER"]).read(tools) == nil)
        for json in [["env": "ghp_1234567890abcdefABCDEF"], ["file": "t"], ["env": "A", "file": "/b"], .empty] as [JSON]
        {
            #expect(throws: FieldErrors.self) { try secret(json) }
        }
    }
}
