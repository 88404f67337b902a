import Glibc

/// The processes that commands of a sandbox left behind in sessions of their own (`setsid`, daemons): no process group holds them.
///
/// They are known by their environment, whose `HOME` is the sandbox's own folder. Whoever clears it gets away, as an attacker would.
enum SandboxProcesses {
    /// What is started while others are ended is found by another look; a few are enough for all but a fork bomb.
    private static let looks = 10

    /// Kills what is left of the commands that ran in `folder`. Where there is no `/proc`, nothing is known.
    static func end(in folder: String) {
        let mark = Array("HOME=\(folder)/home".utf8)
        for _ in 0..<looks {
            let left = all().filter { environment(of: $0).split(separator: 0).contains { $0.elementsEqual(mark) } }
            guard !left.isEmpty else { return }
            for process in left { kill(process, SIGKILL) }
            usleep(2000)
        }
    }

    private static func all() -> [pid_t] {
        guard let stream = opendir("/proc") else { return [] }
        defer { closedir(stream) }
        var found: [pid_t] = []
        while let record = readdir(stream) {
            let name = withUnsafePointer(to: &record.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let id = pid_t(name), id > 1, id != getpid() { found.append(id) }
        }
        return found
    }

    /// What the process was started with; nothing of other users' processes and of those that have ended.
    private static func environment(of process: pid_t) -> [UInt8] {
        guard let file = Descriptor(owning: open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)) else { return [] }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        while bytes.count < 1 << 20 {
            let count = read(file.number, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}
