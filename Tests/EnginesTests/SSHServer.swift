import Foundation
import TestSupport

/// OpenSSH on the loopback interface, with a key that lets in; ends with its last reference.
final class SSHServer {
    let port = Int.random(in: 20_000..<32_000)
    private let folder: URL
    private let process = Process()

    /// The client's words before a command.
    var client: [String] {
        let path = folder.path(percentEncoded: false)
        return [
            "ssh", "-F", "none", "-p", "\(port)", "-i", "\(path)/key", "-o", "IdentitiesOnly=yes", "-o",
            "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
            "\(NSUserName())@127.0.0.1",
        ]
    }

    init() throws {
        folder = try temporaryFolder()
        let path = folder.path(percentEncoded: false)
        let variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]
        for name in ["host", "key"] {
            _ = try spawn(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(path)/\(name)"], environment: variables)
        }
        try Data(contentsOf: folder.appending(path: "key.pub")).write(to: folder.appending(path: "authorized"))
        let settings = """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(path)/host
            PidFile \(path)/pid
            AuthorizedKeysFile \(path)/authorized
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            PermitRootLogin prohibit-password

            """
        try Data(settings.utf8).write(to: folder.appending(path: "config"))
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        process.executableURL = URL(filePath: "/usr/sbin/sshd")
        process.arguments = ["-D", "-f", "\(path)/config", "-E", "\(path)/log"]
        try process.run()
        for _ in 0..<200 {
            if try spawn(client + ["true"], environment: variables).code == 0 { return }
            usleep(50_000)
        }
    }

    deinit {
        // Not SIGTERM: threads of a test block it, and what they start inherits that.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
