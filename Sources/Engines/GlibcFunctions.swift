import Glibc

/// Functions of glibc that its headers show only to C programs that ask for GNU extensions, which Swift's import does not.
///
/// Found by name at run time, because a C target for four declarations would be one more module to build and guard.
enum GlibcFunctions {
    typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

    /// Closes every descriptor from the given one on in the child (glibc 2.34).
    static let closeFrom: (@convention(c) @Sendable (Actions, Int32) -> Int32)? =
        find("posix_spawn_file_actions_addclosefrom_np")
    /// Changes the folder in the child (glibc 2.29).
    static let changeFolder: (@convention(c) @Sendable (Actions, UnsafePointer<CChar>) -> Int32)? =
        find("posix_spawn_file_actions_addchdir_np")
    /// A descriptor that becomes readable when the process ends (glibc 2.36).
    static let processDescriptor: (@convention(c) @Sendable (pid_t, UInt32) -> Int32)? = find("pidfd_open")
    /// A file in memory without a name (glibc 2.27).
    static let memoryFile: (@convention(c) @Sendable (UnsafePointer<CChar>, UInt32) -> Int32)? = find("memfd_create")

    /// Makes the child the leader of a session of its own (`spawn.h`, glibc 2.26).
    static let spawnInNewSession: Int16 = 0x80

    private static func find<Function>(_ name: String) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Function.self) }
    }
}
