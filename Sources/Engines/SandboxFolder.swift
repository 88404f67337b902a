public import Domain
import Glibc

/// A folder in which one model's command runs, and that goes afterwards.
public struct SandboxFolder: Sendable {
    /// The command's working folder.
    public var work: String { path + "/work" }

    private let path: String
    private let programs: String
    private let withoutNetwork: Bool
    private let command: RunCommand

    init(path: String, programs: String, withoutNetwork: Bool, run: @escaping RunCommand) {
        self.path = path
        self.programs = programs
        self.withoutNetwork = withoutNetwork
        command = run
    }

    func makeFolders() throws {
        for name in ["work", "home", "tmp"] { try makeFolder("\(path)/\(name)") }
    }

    /// Copies a file in and gives its full path. A copy, so that the command cannot change what others read.
    @discardableResult
    public func place(_ content: Content, at relative: String) throws -> String {
        let target = try inside(relative)
        var folder = work
        for part in relative.split(separator: "/").dropLast() {
            folder += "/" + part
            try makeFolder(folder)
        }
        guard let file = Descriptor(owning: open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)) else {
            throw SandboxFailure("cannot place \(relative)", code: errno)
        }
        switch content {
        case .bytes(let bytes): try bytes.withUnsafeBytes { try write($0, to: file, relative) }
        case .file(let source, _): try copy(source, to: file, relative)
        }
        return target
    }

    /// Runs a command in the working folder. It sees `HOME` and `TMPDIR` in here, `PATH`, `LANG` and nothing else.
    public func run(
        _ arguments: [String], timeout: Duration, memoryLimit: Int? = nil, fileLimit: Int? = nil,
        outputLimit: Int = 1 << 20
    ) async -> CommandResult {
        let environment = ["HOME": path + "/home", "TMPDIR": path + "/tmp", "PATH": programs, "LANG": "C.UTF-8"]
        let mortal = Self.mortal(arguments, environment)
        let isolated = withoutNetwork ? ["unshare", "--map-current-user", "--net", "--"] + mortal : mortal
        return await command(
            Command(
                isolated, environment: environment, folder: work, timeout: timeout, memoryLimit: memoryLimit,
                fileLimit: fileLimit, outputLimit: outputLimit))
    }

    /// The command so that the system kills it where Martlet is killed: what it started itself may then see that nobody is there any more.
    ///
    /// The signal comes when the thread ends that started the program (prctl(2), PR_SET_PDEATHSIG), and that one waits for it. Martlet may
    /// have been killed before the signal was set: then somebody else is the parent already. Where there is no `setpriv` (util-linux), or
    /// one that knows no such option, the command runs on.
    private static func mortal(_ arguments: [String], _ environment: [String: String]) -> [String] {
        let ours = Command(["setpriv"], environment: ["PATH": ProgramPath.standard])
        guard let name = arguments.first, case .success(let setter) = ProgramPath.find("setpriv", for: ours),
            // What cannot be found is told as such.
            case .success(let program) = ProgramPath.find(name, for: Command(arguments, environment: environment))
        else { return arguments }
        let script = #"""
            setter=$1; shift
            "$setter" --pdeathsig KILL /bin/sh -c : 2>/dev/null || exec "$@"
            exec "$setter" --pdeathsig KILL /bin/sh -c '[ "$PPID" = "$0" ] && exec "$@"' "$0" "$@"
            """#
        return ["/bin/sh", "-c", script, "\(getpid())", setter, program] + arguments.dropFirst()
    }

    /// A file that the command wrote; `nil` where there is none. A link or a device is refused: it could lead anywhere.
    public func read(_ relative: String, atMost limit: Int) throws -> [UInt8]? {
        let target = try inside(relative)
        guard let file = Descriptor(owning: open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)) else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw SandboxFailure("\(relative), which the command wrote, is a symbolic link") }
            throw SandboxFailure("cannot read \(relative), which the command wrote", code: errno)
        }
        guard realPath(target) == realPath(work).map({ "\($0)/\(relative)" }) else {
            throw SandboxFailure("\(relative) leads out of the working folder by a symbolic link")
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SandboxFailure("\(relative), which the command wrote, is no file")
        }
        guard status.st_size <= limit else {
            throw SandboxFailure(
                "\(relative), which the command wrote, has \(status.st_size) bytes; at most \(limit) are read")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        try pieces(of: file, relative) { bytes.append(contentsOf: $0.prefix(limit - bytes.count)) }
        return bytes
    }

    private func inside(_ relative: String) throws -> String {
        let parts = relative.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.allSatisfy({ $0 != ".." && $0 != "." && !$0.isEmpty && !$0.utf8.contains(0) })
        else {
            throw SandboxFailure("'\(relative)' is no path inside the working folder")
        }
        return "\(work)/\(relative)"
    }

    private func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SandboxFailure("cannot make the folder \(path)", code: errno)
        }
    }

    private func copy(_ source: String, to file: borrowing Descriptor, _ relative: String) throws {
        guard let original = Descriptor(owning: open(source, O_RDONLY)) else {
            throw SandboxFailure("cannot read \(source) for \(relative)", code: errno)
        }
        try pieces(of: original, source) { try write($0, to: file, relative) }
    }

    private func pieces(
        of file: borrowing Descriptor, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try withUnsafeTemporaryAllocation(byteCount: 1 << 17, alignment: 16) { buffer in
            while true {
                let count = Glibc.read(file.number, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw SandboxFailure("cannot read \(name)", code: errno) }
                if count == 0 { return }
                try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: borrowing Descriptor, _ name: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(file.number, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SandboxFailure("cannot write \(name)", code: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
