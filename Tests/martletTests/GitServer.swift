import Foundation
import TestSupport
import Testing

/// A real Git server on the loopback interface for a house's origin. Ends with the last reference.
final class GitServer {
    /// What the origin is called there.
    private(set) var url = ""
    /// Variables with which git, and Martlet's git, gets in.
    private(set) var variables: [String: String] = [:]
    private let folder: String
    private let port: Int
    private var processes: [Process] = []

    enum Kind: String, CaseIterable { case ssh, http }

    init(_ kind: Kind, for house: House) throws {
        folder = house.folder + "/server"
        port = try Self.freePort()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        switch kind {
        case .ssh: try startSSH(house.origin)
        case .http: try startHTTP(house)
        }
        try waitForAnswer()
    }

    deinit {
        for process in processes where process.isRunning {
            // Not SIGTERM: threads of a test block it, and what they start inherits that.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    /// OpenSSH with a key that may run git's shell and nothing else.
    private func startSSH(_ origin: String) throws {
        for name in ["host", "bot"] {
            try run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(name)"])
        }
        let key = try String(contentsOfFile: "\(folder)/bot.pub", encoding: .utf8)
        try write("restrict,command=\"git-shell -c \\\"$SSH_ORIGINAL_COMMAND\\\"\" \(key)", to: "authorized")
        try write(
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder)/host
            PidFile \(folder)/pid
            AuthorizedKeysFile \(folder)/authorized
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            UsePAM no
            AcceptEnv GIT_PROTOCOL
            PermitRootLogin prohibit-password

            """, to: "sshd_config")
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        try start(["/usr/sbin/sshd", "-D", "-f", "\(folder)/sshd_config", "-E", "\(folder)/log"])
        let host = try String(contentsOfFile: "\(folder)/host.pub", encoding: .utf8).split(separator: " ").prefix(2)
        try write("[127.0.0.1]:\(port) \(host.joined(separator: " "))\n", to: "known")
        variables = [
            "GIT_SSH_COMMAND":
                "ssh -F none -i \(folder)/bot -o IdentitiesOnly=yes -o UserKnownHostsFile=\(folder)/known -o StrictHostKeyChecking=yes"
        ]
        url = "ssh://\(NSUserName())@127.0.0.1:\(port)\(origin)"
    }

    /// nginx before git-http-backend, with a password.
    private func startHTTP(_ house: House) throws {
        try git("config", "http.receivepack", "true", in: house.origin)
        let hash = try run(["openssl", "passwd", "-apr1", "tok123"])
        try write("bot:\(hash)", to: "htpasswd")
        let backend = try git("--exec-path") + "/git-http-backend"
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder)/\($0);"
        }
        try write(
            """
            daemon off; master_process off; worker_processes 1; pid \(folder)/nginx.pid; error_log \(folder)/errors;
            events { worker_connections 64; }
            http { access_log off; client_max_body_size 0; \(temporary.joined(separator: " "))
              server { listen 127.0.0.1:\(port);
                location / { auth_basic git; auth_basic_user_file \(folder)/htpasswd;
                  include /etc/nginx/fastcgi_params;
                  fastcgi_param SCRIPT_FILENAME \(backend);
                  fastcgi_param GIT_PROJECT_ROOT \(house.folder);
                  fastcgi_param GIT_HTTP_EXPORT_ALL "1";
                  fastcgi_param PATH_INFO $uri;
                  fastcgi_param REMOTE_USER $remote_user;
                  fastcgi_param GIT_PROTOCOL $http_git_protocol;
                  fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
                  fastcgi_request_buffering off;
                  fastcgi_pass unix:\(folder)/fcgi; } } }

            """, to: "nginx.conf")
        try start(["/usr/sbin/fcgiwrap", "-s", "unix:\(folder)/fcgi"])
        try start(["/usr/sbin/nginx", "-c", "\(folder)/nginx.conf", "-e", "\(folder)/errors"])
        url = "http://bot:tok123@127.0.0.1:\(port)/origin.git"
    }

    private func waitForAnswer() throws {
        for _ in 0..<200 {
            if (try? git("ls-remote", url, environment: variables)) != nil { return }
            usleep(50_000)
        }
        let log = ["log", "errors"].compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        Issue.record("the server at \(url) does not answer: \(log.joined())")
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    private func start(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.append(process)
    }

    @discardableResult
    private func run(_ arguments: [String]) throws -> String {
        let ended = try spawn(arguments, environment: plainGitEnvironment)
        try #require(ended.code == 0, "\(arguments): \(String(decoding: ended.errors, as: UTF8.self))")
        return String(decoding: ended.output, as: UTF8.self)
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
            }
        }
        try #require(code == 0)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
