import ControlLoop
import Domain
import Glibc

/// Keeps the pins of deployment files that were read before, by path and content, in one file that is mapped into memory.
///
/// Disposable: a file that is missing, of another version or cut short is as good as none. Written beside and renamed.
final class PinCache: PinMemory {
    private static let magic: [UInt8] = Array("martlet pins 2\n\0".utf8)
    /// 20 bytes of key, four of offset.
    private static let indexSize = 24

    private let path: String
    private let base: UnsafeRawBufferPointer?
    private let count: Int

    init(in folder: String) {
        path = folder + "/pins"
        base = Self.map(path)
        count = base.map { Int($0.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) } ?? 0
    }

    deinit { if let base { munmap(UnsafeMutableRawPointer(mutating: base.baseAddress), base.count) } }

    func pin(of key: ObjectID) -> RememberedPin? {
        guard let base, let place = find(key, base) else { return nil }
        return record(at: place, base)
    }

    func remember(_ pins: [(key: ObjectID, pin: Pin?)]) {
        // Sorted by their numbers: a hundred thousand pins are not copied twice.
        var order = pins.indices.sorted { pins[$0].key < pins[$1].key }
        var last: ObjectID?
        order.removeAll { number in
            defer { last = pins[number].key }
            return pins[number].key == last
        }
        let start = 32 + order.count * Self.indexSize
        var index = Self.magic, records: [UInt8] = []
        index.reserveCapacity(start + order.count * 64)
        records.reserveCapacity(order.count * 64)
        Self.append(UInt64(order.count), to: &index)
        Self.append(UInt64(0), to: &index)
        for number in order {
            Self.append(pins[number].key, to: &index)
            Self.append(UInt32(truncatingIfNeeded: start + records.count), to: &index)
            Self.append(pins[number].pin, to: &records)
        }
        index.replaceSubrange(24..<32, with: withUnsafeBytes(of: UInt64(index.count + records.count)) { Array($0) })
        index += records
        write(index)
    }

    // MARK: Reading

    private static func map(_ path: String) -> UnsafeRawBufferPointer? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size > 32,
            let pointer = mmap(nil, Int(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), pointer != MAP_FAILED
        else { return nil }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(facts.st_size))
        let count = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        let isWhole =
            bytes.prefix(16).elementsEqual(magic)
            && bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self) == UInt64(bytes.count)
        guard isWhole, count <= UInt64(bytes.count / indexSize) else {
            munmap(pointer, bytes.count)
            return nil
        }
        return bytes
    }

    /// Binary search that starts where a hash of that size would lie.
    private func find(_ blob: ObjectID, _ base: UnsafeRawBufferPointer) -> Int? {
        var low = 0, high = count
        var guess = Int((Double(blob.words.high) / 18_446_744_073_709_551_616.0) * Double(count))
        while low < high {
            guess = min(max(guess, low), high - 1)
            let found = id(guess, base)
            if found == blob {
                return Int(base.loadUnaligned(fromByteOffset: 32 + guess * Self.indexSize + 20, as: UInt32.self))
            }
            if found < blob { low = guess + 1 } else { high = guess }
            let distance = abs(high - low)
            guess = distance > 64 ? (found < blob ? low + 16 : high - 16) : (low + high) / 2
        }
        return nil
    }

    private func id(_ index: Int, _ base: UnsafeRawBufferPointer) -> ObjectID {
        Self.id(at: 32 + index * Self.indexSize, base)
    }

    private static func id(at offset: Int, _ base: UnsafeRawBufferPointer) -> ObjectID {
        ObjectID(
            high: word(at: offset, base), middle: word(at: offset + 8, base),
            low: UInt32(bigEndian: base.loadUnaligned(fromByteOffset: offset + 16, as: UInt32.self)))
    }

    private static func digest(at offset: Int, _ base: UnsafeRawBufferPointer) -> Digest {
        Digest(
            words: (
                word(at: offset, base), word(at: offset + 8, base), word(at: offset + 16, base),
                word(at: offset + 24, base)
            ))
    }

    private static func word(at offset: Int, _ base: UnsafeRawBufferPointer) -> UInt64 {
        UInt64(bigEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// `nil` where the record does not lie inside the file.
    private func record(at offset: Int, _ base: UnsafeRawBufferPointer) -> RememberedPin? {
        guard offset >= 32, offset + 1 <= base.count else { return nil }
        let flags = base[offset]
        if flags == 0 { return RememberedPin(pin: nil) }
        var place = offset + 1
        guard place + 21 <= base.count else { return nil }
        let revision = Self.id(at: place, base)
        let length = Int(base[place + 20])
        place += 21
        guard place + length + (flags & 2 == 0 ? 0 : 32) <= base.count else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: base[place..<place + length])
        let version = flags & 4 == 0 ? nil : String(decoding: text, as: UTF8.self)
        place += length
        let digest = flags & 2 == 0 ? nil : Self.digest(at: place, base)
        return RememberedPin(pin: Pin(revision: revision, version: version, digest: digest))
    }

    // MARK: Writing

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ id: ObjectID, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: id.words.high.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: id.words.middle.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: id.words.low.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ pin: Pin?, to bytes: inout [UInt8]) {
        guard let pin else { return bytes.append(0) }
        let version = pin.version.map { Array($0.utf8.prefix(255)) }
        bytes.append(1 | (pin.digest == nil ? 0 : 2) | (version == nil ? 0 : 4))
        append(pin.revision, to: &bytes)
        bytes.append(UInt8(version?.count ?? 0))
        bytes.append(contentsOf: version ?? [])
        bytes.append(contentsOf: pin.digest?.bytes ?? [])
    }

    private func write(_ bytes: [UInt8]) {
        let beside = "\(path).\(getpid())"
        guard (try? LocalFile.write(bytes, to: beside, replacing: true)) != nil else { return }
        if rename(beside, path) != 0 { unlink(beside) }
    }
}
