import Domain
import Foundation
import Testing

@testable import Data

struct UniqueValuesTests {
    /// The lines on which a value comes that came before, with the values there.
    private func repeated(_ values: [[UInt8]], in room: KeyRoom) throws -> [Int: [UInt8]] {
        let unique = UniqueValues(sharing: room)
        var found: [Int: [UInt8]] = [:]
        for (index, value) in values.enumerated() {
            if value.withUnsafeBufferPointer({ unique.insert($0) { index + 1 } }) { continue }
            #expect(found.updateValue(value, forKey: index + 1) == nil)
        }
        try unique.finish { line, value in #expect(found.updateValue(Array(value), forKey: line) == nil) }
        return found
    }

    private func expected(_ values: [[UInt8]]) -> [Int: [UInt8]] {
        var seen: Set<[UInt8]> = [], found: [Int: [UInt8]] = [:]
        for (index, value) in values.enumerated() where !seen.insert(value).inserted { found[index + 1] = value }
        return found
    }

    /// Texts of many shapes: a few or all different, empty, of zeros, of one beginning.
    private func values(_ count: Int, of different: UInt64, seed: UInt64) -> [[UInt8]] {
        var random = SplitMix(seed: seed)
        return (0..<count).map { _ in
            let number = random.next() % different
            switch number % 5 {
            case 0: return [UInt8](repeating: 0, count: Int(number / 5 % 300))
            case 1: return Array("the same beginning of all these \(number)".utf8)
            default: return Array("\(number)".utf8)
            }
        }
    }

    @Test(arguments: [1 << 26, 1 << 12, 1])
    func `what memory does not hold is found as well, line by line`(bytes: Int) throws {
        for (different, seed) in [(1, 1), (300, 2), (20_000, 3), (1 << 60, 4)] as [(UInt64, UInt64)] {
            let values = values(3_000, of: different, seed: seed)
            #expect(try repeated(values, in: KeyRoom(bytes: bytes)) == expected(values), "\(different) \(bytes)")
        }
    }

    @Test func `columns that share the memory and the file do not mix`() throws {
        let room = KeyRoom(bytes: 1 << 13)
        let columns = (0..<3).map { values(2_000, of: 4_000, seed: $0 + 1) }
        let unique = columns.map { _ in UniqueValues(sharing: room) }
        var found = columns.map { _ in Set<Int>() }
        for row in 0..<2_000 {
            for column in columns.indices {
                let isNew = columns[column][row].withUnsafeBufferPointer { unique[column].insert($0) { row + 1 } }
                if !isNew { found[column].insert(row + 1) }
            }
        }
        for column in columns.indices {
            try unique[column].finish { line, _ in found[column].insert(line) }
            #expect(found[column] == Set(expected(columns[column]).keys))
        }
    }

    @Test func `long values are told apart by all their bytes`() throws {
        let long = [UInt8](repeating: 7, count: 5_000)
        var values = (0..<40).map { place in
            var value = long
            value[place * 120 + 100] = 8
            return value
        }
        // One that is what another is kept as, and beginnings of a long one.
        let digest = SHA256.digest(of: long).bytes
        values += [long, Array(long.prefix(992)) + digest, Array(long.prefix(1024)), Array(long.prefix(1025))]
        values += [long, values[3]]
        for bytes in [1 << 20, 1 << 10] {
            #expect(try Set(repeated(values, in: KeyRoom(bytes: bytes)).keys) == [45, 46])
        }
    }

    @Test func `the temporary file has no name, and where there is no room for it that is said`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "spill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let room = KeyRoom(bytes: 1 << 10, folder: folder.path), unique = UniqueValues(sharing: room)
        for value in values(1_000, of: 1 << 60, seed: 5) {
            _ = value.withUnsafeBufferPointer { unique.insert($0) { 1 } }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        let missing = "\(folder.path)/none"
        let error = #expect(throws: DataError.self) {
            try repeated(values(1_000, of: 1 << 60, seed: 5), in: KeyRoom(bytes: 1 << 10, folder: missing))
        }
        #expect(
            error?.message
                == "a temporary file in \(missing), for values that memory does not hold, cannot be made: No such file or directory"
        )
        #expect(error?.remedy == "make room in \(missing)")
    }

    @Test(arguments: [0, 1, 9]) func `a table keeps each text once, with the line where it came first`(bits: Int) {
        var table = KeyTable(), lines: [[UInt8]: Int] = [:]
        for (line, value) in values(2_000, of: 1 << (bits + 1), seed: 6).enumerated() {
            let isNew = value.withUnsafeBytes { table.insert($0) { line } }
            #expect(isNew == (lines[value] == nil))
            if isNew { lines[value] = line }
        }
        var last: UInt64 = 0, found: [[UInt8]: Int] = [:]
        for entry in table.sorted() {
            #expect(entry.hash >= last)
            last = entry.hash
            table.withText(of: entry) { found[Array($0)] = entry.line }
        }
        #expect(found == lines)
    }
}
