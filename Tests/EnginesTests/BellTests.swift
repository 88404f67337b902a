import Foundation
import TestSupport
import Testing

@testable import Engines

struct BellTests {
    @Test func `rings at the door of whoever listens there`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        try listen(at: path) { descriptor in
            #expect(Bell.ringAll(at: path))
            var byte: UInt8 = 0
            #expect(recv(descriptor, &byte, 1, 0) == 1 && byte == 1)
        }
    }

    @Test func `a socket that one left behind when it died is nobody`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        #expect(!Bell.ringAll(at: path))
        try listen(at: path) { _ in #expect(Bell.ringAll(at: path)) }
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(!Bell.ringAll(at: path))
        try listen(at: path + ".17") { _ in
            #expect(Bell.ringAll(at: path), "another controller of the same repository")
        }
    }

    @Test func `who is rung at again and again is still at home`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/bell"
        try listen(at: path) { _ in
            for _ in 0..<2000 { #expect(Bell.ring(path)) }
        }
    }

    @Test func `nobody at home is no error, and too long a path is no address`() {
        Bell.ring("/nowhere/at/all")
        #expect(Bell.address(String(repeating: "x", count: 108)) == nil)
        Bell.ring(String(repeating: "x", count: 108))
    }

    private func listen(at path: String, _ body: (Int32) throws -> Void) throws {
        var address = try #require(Bell.address(path))
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
