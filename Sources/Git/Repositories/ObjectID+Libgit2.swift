import CLibgit2
import Domain

extension ObjectID {
    init(_ id: git_oid) {
        self = withUnsafeBytes(of: id.id) { ObjectID(raw: $0) }
    }

    /// Reads 20 bytes; the buffer must hold them.
    init(raw bytes: UnsafeRawBufferPointer) {
        self.init(
            high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }

    var libgit2: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id.id) { bytes in
            bytes.storeBytes(of: words.high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: words.middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: words.low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return id
    }

    /// Appends the 20 bytes as they stand in a tree.
    func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: libgit2.id) { bytes.append(contentsOf: $0) }
    }
}
