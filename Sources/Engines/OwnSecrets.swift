import Glibc

/// Keeps the environment and the memory of this process from others of the same user.
public enum OwnSecrets {
    /// Commands of models run as this user, and could else read tokens in `/proc/PID/environ`. Root can read them all the same.
    public static func hide() {
        // Of variable arguments, so that Swift does not see it; on Linux such arguments are handed over like any others.
        typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        guard let address = dlsym(nil, "prctl") else { return }
        _ = unsafeBitCast(address, to: Control.self)(setDumpable, 0, 0, 0, 0)
    }

    /// `PR_SET_DUMPABLE` of `sys/prctl.h`.
    private static let setDumpable: Int32 = 4
}
