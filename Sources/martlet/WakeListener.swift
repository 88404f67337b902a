import ControlLoop
import Dispatch
import Domain
import Engines
import Glibc

/// A Unix datagram socket in the repository: whoever may write there can say "look now", and nothing else.
final class WakeListener {
    private let descriptor: Int32
    private let path: String
    private let source: any DispatchSourceRead

    /// Returns `nil` where there is no place for a socket; the poll alone then gives the same result later.
    init?(socket path: String?, _ signal: WakeSignal) {
        guard let path, var address = WakeSocket.address(path) else { return nil }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        // One that somebody listens at is left alone; whoever died there left it behind.
        if !WakeSocket.isListening(at: path) { unlink(path) }
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
            Task { await signal.wake() }
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

    /// The socket of the repository that people push to: that is where its post-receive hook sends. Of several controllers each has one.
    static func path(_ workspace: Workspace) -> String? {
        workspace.origin.map { origin in
            let path = "\(origin)/\(WakeSocket.name)"
            return WakeSocket.isListening(at: path) ? "\(path).\(getpid())" : path
        }
    }
}
