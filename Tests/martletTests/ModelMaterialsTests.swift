import Domain
import Engines
import TestSupport
import Testing

@testable import martlet

struct ModelMaterialsTests {
    @Test func `what a server says of a file tells whether it changed, where it says more than a size`() async throws {
        let server = try LoopbackServer(
            """
            SAYS = {"/etag": {"ETag": '"1"'}, "/date": {"Last-Modified": "Mon, 30 Nov 2026 00:00:00 GMT"}, "/size": {}}
            ASKED = []
            def answer(self, body):
                ASKED.append(self.command)
                if self.path == "/changed": SAYS["/etag"] = {"ETag": '"2"'}
                if self.path == "/asked": return 200, {}, " ".join(ASKED).encode()
                if self.path not in SAYS: return 404, {}, b""
                return 200, dict(SAYS[self.path], **{"content-length": "5"}), b"bytes"
            """)
        let curl = Curl(environment: ["PATH": "/usr/bin:/bin"])
        func look(_ path: String) async -> String? { await ModelMaterials.look(at: server.url + path, by: curl) }
        let (first, date) = (await look("/etag"), await look("/date"))
        #expect(first?.contains("\"1\"") == true && first?.hasSuffix("\n5") == true, "\(first ?? "")")
        #expect(date?.contains("2026") == true)
        #expect(await look("/etag") == first)
        for path in ["/size", "/gone", "/changed"] { #expect(await look(path) == nil) }
        let second = await look("/etag")
        #expect(second != nil && second != first)
        let asked = try await curl.send(Tools.Call("GET", server.url + "/asked", timeout: .seconds(10)))
        #expect(String(decoding: asked.body, as: UTF8.self) == "HEAD HEAD HEAD HEAD HEAD HEAD HEAD GET")
    }
}
