import Domain
import Glibc

extension FileTree {
    /// Copies a file in pieces and syncs it.
    static func copy(_ source: String, to target: String) throws(TargetFailure) {
        let original = open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard original >= 0 else { throw TargetFailure(system: "cannot read \(source)") }
        defer { close(original) }
        let copy = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard copy >= 0 else { throw TargetFailure(system: "cannot write \(target)") }
        defer { close(copy) }
        try pieces(of: original, source) { (bytes) throws(TargetFailure) in
            var rest = bytes
            while !rest.isEmpty {
                let count = write(copy, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw TargetFailure(system: "cannot write \(target)") }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        guard fsync(copy) == 0 else { throw TargetFailure(system: "cannot write \(target)") }
    }

    /// The digest of what is on disk.
    static func digest(of path: String) throws(TargetFailure) -> Digest {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TargetFailure(system: "cannot read \(path)") }
        defer { close(descriptor) }
        var hash = SHA256()
        try pieces(of: descriptor, path) { (bytes) throws(TargetFailure) in hash.update(bytes) }
        return hash.finish()
    }

    private static func pieces(
        of descriptor: Int32, _ path: String, _ body: (UnsafeRawBufferPointer) throws(TargetFailure) -> Void
    ) throws(TargetFailure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw TargetFailure(system: "cannot read \(path)") }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Puts `draft` where `path` is, in one step, and leaves what was there at `draft`.
    ///
    /// `renameat2` is Linux's and not in the headers that Swift sees. Where the file system cannot exchange (some network ones), the
    /// name is gone for an instant.
    static func exchange(_ draft: String, with path: String) throws(TargetFailure) {
        typealias Function = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
        if let found = dlsym(nil, "renameat2") {
            let function = unsafeBitCast(found, to: Function.self)
            let here: Int32 = -100, exchange: UInt32 = 2
            if function(here, draft, here, path, exchange) == 0 { return }
        }
        let aside = draft + "-old"
        guard rename(path, aside) == 0 else { throw TargetFailure(system: "cannot replace \(path)") }
        guard rename(draft, path) == 0 else {
            let code = errno
            _ = rename(aside, path)
            throw TargetFailure(system: "cannot replace \(path)", code: code)
        }
        _ = rename(aside, draft)
    }
}
