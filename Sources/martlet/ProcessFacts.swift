import Glibc

/// The process's own environment, read once at the door.
enum ProcessFacts {
    /// Whether there is a process of that number.
    static func isRunning(_ process: Int) -> Bool {
        kill(pid_t(truncatingIfNeeded: process), 0) == 0 || errno != ESRCH
    }

    /// The running machine and the container on it, within which process numbers mean the same.
    static var processSpace: String {
        let boot = (try? LocalFile.bytes(of: "/proc/sys/kernel/random/boot_id")) ?? []
        var link = [CChar](repeating: 0, count: 256)
        let count = readlink("/proc/self/ns/pid", &link, link.count)
        guard !boot.isEmpty, count > 0 else { return "" }
        return String(decoding: boot.filter { $0 > 32 } + link.prefix(count).map(UInt8.init), as: UTF8.self)
    }

    /// This machine's name.
    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static let environment: [String: String] = {
        var variables: [String: String] = [:]
        var pointer = environ
        while let entry = pointer.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            pointer += 1
        }
        return variables
    }()
}
