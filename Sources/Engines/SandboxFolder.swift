public import Domain
import Glibc

/// A folder in which one model's command runs, and that goes afterwards.
public struct SandboxFolder: Sendable {
    /// The command's working folder.
    public var work: String { path + "/work" }

    private let path: String
    private let engine: any Engine
    private let surroundings: [String: String]
    private let command: RunCommand

    init(path: String, engine: any Engine, surroundings: [String: String], run: @escaping RunCommand) {
        self.path = path
        self.engine = engine
        self.surroundings = surroundings
        command = run
    }

    func makeFolders() throws {
        for name in ["work", "home", "tmp"] { try makeFolder("\(path)/\(name)") }
    }

    /// Copies a file in and gives its full path. A copy, so that the command cannot change what others read.
    @discardableResult
    public func place(_ content: Content, at relative: String, isExecutable: Bool = false) throws -> String {
        let target = try inside(relative)
        var folder = work
        for part in relative.pathParts().dropLast() {
            folder += "/" + part
            try makeFolder(folder)
        }
        guard
            let file = Descriptor(
                owning: open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, isExecutable ? 0o700 : 0o600))
        else {
            throw SandboxFailure("cannot place \(relative)", code: errno)
        }
        switch content {
        case .bytes(let bytes): try bytes.withUnsafeBytes { try write($0, to: file, relative) }
        case .file(let source, _): try copy(source, to: file, relative)
        }
        return target
    }

    /// Runs a command in the working folder. It sees `HOME` and `TMPDIR` in here, `PATH`, `LANG`, what it is given, and nothing else.
    ///
    /// - Parameter subject: What it is about, such as the model's name: so the engine calls it.
    public func run(
        _ arguments: [String], about subject: String = "job", within limits: Job.Limits,
        environment: [String: String] = [:], secrets: [String: String] = [:]
    ) async -> CommandResult {
        let own = ["HOME": path + "/home", "TMPDIR": path + "/tmp", "LANG": "C.UTF-8"]
        let job = Job(
            name: Job.name(for: subject), arguments: arguments, environment: environment.merging(own) { $1 },
            folder: path, work: work, limits: limits, secrets: secrets, surroundings: surroundings)
        return await engine.run(job, by: command)
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
        let parts = relative.pathParts(keepingEmpty: true)
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
