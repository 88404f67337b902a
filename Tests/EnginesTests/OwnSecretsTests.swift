import Engines
import Glibc
import Testing

struct OwnSecretsTests {
    /// Who may not dump a process may not read its environment either (ptrace(2), "access mode checking").
    @Test func `a process that hides its secrets cannot be dumped`() throws {
        typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        let control = unsafeBitCast(try #require(dlsym(nil, "prctl")), to: Control.self)
        let (getDumpable, setDumpable): (Int32, Int32) = (3, 4)
        let before = control(getDumpable, 0, 0, 0, 0)
        defer { _ = control(setDumpable, UInt(before), 0, 0, 0) }
        _ = control(setDumpable, 1, 0, 0, 0)
        OwnSecrets.hide()
        #expect(control(getDumpable, 0, 0, 0, 0) == 0)
    }
}
