import Foundation
import TestSupport
import Testing

@testable import Engines

struct WakeSocketTests {
    @Test func `whoever listens there is reached`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        try listen(at: path) { descriptor in
            #expect(WakeSocket.sendToAll(at: path))
            var byte: UInt8 = 0
            #expect(recv(descriptor, &byte, 1, 0) == 1 && byte == 1)
        }
    }

    @Test func `a socket that one left behind when it died is nobody`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        #expect(!WakeSocket.sendToAll(at: path))
        try listen(at: path) { _ in #expect(WakeSocket.sendToAll(at: path)) }
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(!WakeSocket.sendToAll(at: path))
        try listen(at: path + ".17") { _ in
            #expect(WakeSocket.sendToAll(at: path), "another controller of the same repository")
        }
    }

    @Test func `who is sent more than fits still listens`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        try listen(at: path) { _ in
            for _ in 0..<2000 { #expect(WakeSocket.send(to: path)) }
        }
    }

    @Test func `nobody at home is no error, and too long a path is no address`() {
        WakeSocket.send(to: "/nowhere/at/all")
        #expect(WakeSocket.address(String(repeating: "x", count: 108)) == nil)
        WakeSocket.send(to: String(repeating: "x", count: 108))
    }

    private func listen(at path: String, _ body: (Int32) throws -> Void) throws {
        var address = try #require(WakeSocket.address(path))
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        try body(descriptor)
    }
}
