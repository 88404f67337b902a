import ControlLoop
import Dispatch
import Domain
import Glibc

/// A Unix datagram socket in the repository: whoever may write there can say "look now", and nothing else.
final class Doorbell {
    private let descriptor: Int32
    private let path: String
    private let source: any DispatchSourceRead

    /// Returns `nil` where there is no place for a socket; the poll alone then gives the same result later.
    init?(socket path: String?, _ alarm: Alarm) {
        guard let path, var address = Self.address(path) else { return nil }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        unlink(path)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0 else {
            Glibc.close(descriptor)
            return nil
        }
        chmod(path, 0o660)
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        source.setEventHandler {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) >= 0 {}
            Task { await alarm.ring() }
        }
        source.resume()
        self.path = path
        self.descriptor = descriptor
        self.source = source
    }

    func close() {
        source.cancel()
        Glibc.close(descriptor)
        unlink(path)
    }

    /// Rings without waiting. Nobody at home is no error.
    static func ring(_ path: String) {
        guard var address = address(path) else { return }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return }
        var byte: UInt8 = 1
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, &byte, 1, 0, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        Glibc.close(descriptor)
    }

    /// The socket of the repository that people push to: that is where its post-receive hook rings.
    static func path(for repository: String, _ workspace: Workspace) -> String? {
        workspace.origin.map { $0 + "/martlet.sock" }
    }

    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
