public import Glibc

/// Says "look now" to a controller, through the Unix datagram socket that it listens at.
public enum WakeSocket {
    /// What the socket is called in the repository; further controllers add a dot and their process number.
    public static let name = "martlet.sock"

    /// Sends it without waiting. Where nobody listens, that is no error; returns whether somebody does.
    @discardableResult
    public static func send(to path: String) -> Bool {
        guard let descriptor = open() else { return false }
        defer { close(descriptor) }
        var byte: UInt8 = 1
        // Who has been sent so many that no more fits listens, and has not looked yet.
        return withAddress(path) { sendto(descriptor, &byte, 1, 0, $0, $1) == 1 || errno == EAGAIN } ?? false
    }

    /// Sends it to all controllers of the repository that the socket is in: which of them acts is for them to say.
    ///
    /// - Returns: Whether any listens. A socket that one left behind when it died is nobody.
    @discardableResult
    public static func sendToAll(at path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return send(to: path) }
        let (folder, first) = (path[..<slash], path[path.index(after: slash)...])
        guard let list = opendir(folder.isEmpty ? "/" : String(folder)) else { return false }
        defer { closedir(list) }
        var isHeard = false
        while let entry = readdir(list) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == first || name.hasPrefix(first + "."), send(to: "\(folder)/\(name)") { isHeard = true }
        }
        return isHeard
    }

    /// Whether somebody listens at `path`.
    public static func isListening(at path: String) -> Bool {
        guard let descriptor = open() else { return false }
        defer { close(descriptor) }
        return withAddress(path) { connect(descriptor, $0, $1) } == 0
    }

    private static func open() -> Int32? {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        return descriptor < 0 ? nil : descriptor
    }

    private static func withAddress<Value>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value)
        -> Value?
    {
        guard var address = address(path) else { return nil }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    /// The address of a socket at `path`; `nil` where the path is longer than the system takes.
    public static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
