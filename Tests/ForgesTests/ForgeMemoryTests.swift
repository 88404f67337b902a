import Domain
import Testing

@testable import Forges

struct ForgeMemoryTests {
    private func reply(_ size: Int, _ tag: String? = "\"1\"") -> Tools.Reply {
        Tools.Reply(status: 200, headers: tag.map { ["etag": $0] } ?? [:], body: [UInt8](repeating: 32, count: size))
    }

    @Test func `answers that are kept have a bound in number and in size, and the oldest go`() async {
        let memory = ForgeMemory()
        for number in 0..<2001 { await memory.keep(reply(1), to: "u\(number)") }
        #expect(await memory.reply(to: "u0") == nil)
        #expect(await memory.reply(to: "u1") != nil)
        // The same address again takes the room of the one before.
        for _ in 0..<3 { await memory.keep(reply(40 << 20), to: "large") }
        #expect(await memory.reply(to: "u2000") != nil)
        await memory.keep(reply(40 << 20), to: "other")
        #expect(await memory.reply(to: "large") == nil)
        #expect(await memory.reply(to: "other") != nil)
        await memory.keep(reply(65 << 20), to: "huge")
        #expect(await memory.reply(to: "huge") == nil)
        await memory.keep(reply(1, nil), to: "untagged")
        #expect(await memory.reply(to: "untagged") == nil)
    }
}
