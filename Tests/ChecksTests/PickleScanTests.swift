import Testing

@testable import Checks

@Suite struct PickleScanTests {
    private func text(_ word: String) -> [UInt8] { [0x8C, UInt8(word.utf8.count)] + Array(word.utf8) }

    @Test func `a name that is put together from the memo is found`() {
        // 'os' and 'system' memoized, fetched back, then STACK_GLOBAL.
        let bytes: [UInt8] =
            [0x80, 4] + text("os") + [0x94, 0x30] + text("system") + [0x94, 0x30, 0x68, 0, 0x68, 1, 0x93, 0x2E]
        #expect(PickleScan(bytes).imports == ["os.system"])
    }

    @Test(.timeLimit(.minutes(1))) func `bytes that begin names without end take no time of their square`() {
        let names = Array(repeating: Array("cab\ncd\n".utf8), count: 150_000).flatMap(\.self)
        for bytes in [Array(repeating: UInt8(ascii: "c"), count: 1 << 20), names] {
            #expect(!PickleName.isCalled(in: bytes))
        }
        #expect(PickleName.isCalled(in: Array("xcos\nsystem\n(tR.".utf8)))
        #expect(PickleName.isCalled(in: Array("(S'id'\nios\nsystem\n.".utf8)))
    }

    @Test func `a place of the memo that is written twice holds what was written last`() {
        let bytes: [UInt8] =
            text("numpy") + [0x71, 0, 0x30] + text("os") + [0x71, 0, 0x30, 0x68, 0] + text("system") + [0x93, 0x2E]
        #expect(PickleScan(bytes).imports == ["os.system"])
        // Python takes `p 0` for 0, too.
        let spelled: [UInt8] =
            text("numpy") + [0x71, 0, 0x30] + text("os") + Array("p 0\n".utf8) + [0x30, 0x68, 0] + text("dtype")
            + [0x93, 0x2E]
        #expect(PickleScan(spelled).imports == ["os.dtype"])
    }

    @Test(
        arguments: [
            [0x80, 4, 0x4E], [0x80, 4, 0x4E, 0x2E, 0xFF, 0xFF], [], [0x80, 6, 0x4E, 0x2E], [0x2E], [0x28, 0x85, 0x2E],
            [0x28, 0x32, 0x2E], [0x68, 0, 0x2E], [0x4E, 0x52, 0x2E],
            [0x80, 4, 0x95, 9, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E],
            [0x80, 4, 0x95, 3, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E, 0x4E],
            [0x95, 2, 0, 0, 0, 0, 0, 0, 0, 0x4D, 0, 0, 0x2E],
            [0x95, 10, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E],
            [0x4E, 0x8C, 1, 0x61, 0x93, 0x2E],
        ] as [[UInt8]])
    func `a stream that a loader would refuse, or read in more than one way, is a fault`(bytes: [UInt8]) {
        #expect(!PickleScan(bytes).faults.isEmpty)
    }

    @Test func `pickles that follow one another are all read, each with a memo of its own`() {
        let first: [UInt8] = [0x80, 4] + text("numpy") + [0x94, 0x2E]
        #expect(PickleScan(first + [0x80, 4, 0x4E, 0x2E]).faults.isEmpty)
        #expect(!PickleScan(first + [0x68, 0, 0x2E]).faults.isEmpty)
        #expect(PickleScan(first + Array("cos\nsystem\n.".utf8)).imports == ["os.system"])
        let many = Array(repeating: [0x4E, 0x2E] as [UInt8], count: 1000).flatMap(\.self)
        #expect(PickleScan(many).faults.isEmpty)
        #expect(!PickleScan(many + Array("cos\nsystem\n.".utf8)).faults.isEmpty)
    }

    @Test func `a name with dots reaches what the module imports, and no pattern for the module allows it`() throws {
        let bytes: [UInt8] = [0x80, 4] + text("mine.layers") + text("os.system") + [0x93, 0x2E]
        #expect(PickleScan(bytes).imports == ["mine.layers:os.system"])
    }

    @Test func `changing an imported class is a danger`() {
        let bytes = Array("csklearn.pipeline\nPipeline\n".utf8) + [0x4E, 0x7D, 0x86, 0x62, 0x2E]
        #expect(PickleScan(bytes).dangers.first?.contains("sklearn.pipeline.Pipeline") == true)
    }

    @Test func `registered extensions and computed names are imports`() {
        #expect(PickleScan([0x82, 7, 0x2E]).imports == ["copyreg.extension 7"])
        let computed: [UInt8] = Array("Pmodule\n".utf8) + text("f") + [0x93, 0x2E]
        #expect(PickleScan(computed).imports == ["?.f"])
    }

    @Test func `calling a value that the pickle made itself is a danger, also where its class is harmless`() {
        let scorer = text("sklearn.metrics._scorer") + text("_Scorer") + [0x93]
        // The class, its instance, an empty tuple, then REDUCE: the instance is called.
        let made = PickleScan([0x80, 4] + scorer + [0x29, 0x81, 0x29, 0x52, 0x2E])
        #expect(made.faults.isEmpty && made.dangers == ["calls a value that it made itself"], "\(made)")
        #expect(PickleScan([0x80, 4] + scorer + [0x29, 0x81, 0x2E]).dangers.isEmpty)
    }
}
