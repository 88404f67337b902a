import Foundation
import TestSupport
import Testing

@testable import Engines

struct BellTests {
    @Test func `rings at the door of whoever listens there`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        var address = try #require(Bell.address(path))
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        Bell.ring(path)
        var byte: UInt8 = 0
        #expect(recv(descriptor, &byte, 1, 0) == 1 && byte == 1)
    }

    @Test func `nobody at home is no error, and too long a path is no address`() {
        Bell.ring("/nowhere/at/all")
        #expect(Bell.address(String(repeating: "x", count: 108)) == nil)
        Bell.ring(String(repeating: "x", count: 108))
    }
}
