#if !FUZZER
    import Foundation
    import Testing

    /// Reads what libFuzzer found worth keeping, and pieces of it. A crash of this test is a reader that crashes.
    struct CorpusTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

        private static func inputs(of reader: Reader) throws -> [[UInt8]] {
            let place = folder.appending(path: reader.rawValue)
            return try FileManager.default.contentsOfDirectory(atPath: place.path()).sorted().map {
                Array(try Data(contentsOf: place.appending(path: $0)))
            }
        }

        @Test(arguments: Reader.allCases) func `nothing that was found can fell a reader`(reader: Reader) throws {
            let inputs = try Self.inputs(of: reader)
            #expect(!inputs.isEmpty)
            for input in inputs {
                reader.read(input)
                reader.read(Array(input.prefix(input.count / 2)))
                guard var changed = Optional(input), !changed.isEmpty else { continue }
                changed[changed.count * 2 / 3] ^= 0x55
                reader.read(changed)
            }
        }

        @Test func `every folder of the corpus is a reader's`() throws {
            let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
            #expect(Set(folders) == Set(Reader.allCases.map(\.rawValue)))
        }
    }
#endif
