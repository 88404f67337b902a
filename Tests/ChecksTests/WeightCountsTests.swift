import Domain
import Testing

@testable import Checks

/// What ``NumericalStability`` says of zeros and denormal numbers among the weights, and of norms in the training log.
@Suite struct WeightCountsTests {
    @Test func `zeros and denormal numbers are counted as IEEE 754 lays them out`() {
        func counts<Bits: FixedWidthInteger>(_ kind: FloatKind, _ all: [Bits], bigEndian: Bool = false) -> FloatCounts {
            kind.counts(
                in: all.flatMap { bits in
                    withUnsafeBytes(of: bigEndian ? bits.bigEndian : bits.littleEndian) { Array($0) }
                }, bigEndian: bigEndian)
        }
        let doubles: [Double] = [
            0, -0.0, .leastNonzeroMagnitude, -.leastNormalMagnitude / 2, .leastNormalMagnitude, 1, -.infinity, .nan,
            .greatestFiniteMagnitude,
        ]
        let expected = FloatCounts(nan: 1, infinite: 1, zeros: 2, denormals: 2)
        #expect(counts(.float64, doubles.map(\.bitPattern)) == expected)
        #expect(counts(.float64, doubles.map(\.bitPattern), bigEndian: true) == expected)
        #expect(doubles.reduce(FloatCounts()) { $0 + FloatCounts($1) } == expected)
        let floats: [Float] = [0, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, .infinity, -.nan]
        #expect(
            counts(.float32, floats.map(\.bitPattern)) == FloatCounts(nan: 1, infinite: 1, zeros: 2, denormals: 1))
        // 0, -0, the least denormal, the least normal, infinity, NaN.
        #expect(
            counts(.bfloat16, [0, 0x8000, 1, 0x80, 0x7F80, 0x7FC0] as [UInt16])
                == FloatCounts(nan: 1, infinite: 1, zeros: 2, denormals: 1))
        #expect(
            counts(.float16, [0, 0x8000, 1, 0x400, 0x7C00, 0x7E00] as [UInt16])
                == FloatCounts(nan: 1, infinite: 1, zeros: 2))
        #expect(
            counts(.float8e5m2, [0, 0x80, 1, 0x7C, 0xFC, 0x7F] as [UInt8]) == FloatCounts(nan: 1, infinite: 2, zeros: 2)
        )
        #expect(counts(.float8e4m3fn, [0, 0x80, 1, 0x7F, 0xFF, 0x7E] as [UInt8]) == FloatCounts(nan: 2, zeros: 2))
        #expect(counts(.float8unsignedZero, [0, 0x80, 1, 0x7F] as [UInt8]) == FloatCounts(nan: 1, zeros: 1))
        #expect(counts(.float8e8m0, [0, 0xFF, 1] as [UInt8]) == FloatCounts(nan: 1))
    }

    // MARK: Dead units

    private static func bytes(_ values: [Float]) -> [UInt8] {
        values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    }

    /// One tensor of float32.
    private static func safetensors(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        let shape = shape.map(String.init).joined(separator: ",")
        let header = #"{"layer.weight":{"dtype":"F32","shape":[\#(shape)],"data_offsets":[0,\#(4 * values.count)]}}"#
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + bytes(values)
    }

    private static func npy(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + bytes(values)
    }

    /// A graph with one initializer; its dimensions are packed, as writers of proto3 do.
    private static func onnx(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        func varint(_ value: Int) -> [UInt8] {
            value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
        }
        func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
            varint(number << 3 | 2) + varint(content.count) + content
        }
        let tensor =
            field(1, shape.flatMap(varint)) + [2 << 3, 1] + field(8, Array("layer.weight".utf8))
            + field(9, bytes(values))
        return field(7, field(5, tensor))
    }

    private static func gguf(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        func number(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(value >> (8 * $0) & 255) } }
        let name = Array("layer.weight".utf8)
        var file = Array("GGUF".utf8) + number(3, 4) + number(1, 8) + number(0, 8)
        file += number(name.count, 8) + name + number(shape.count, 4) + shape.flatMap { number($0, 8) }
        file += number(0, 4) + number(0, 8)
        return file + Array(repeating: 0, count: (32 - file.count % 32) % 32) + bytes(values)
    }

    private static func json(_ values: [Float], _ shape: [Int]) -> [UInt8] {
        func list(_ values: ArraySlice<Float>) -> String { "[" + values.map { "\($0)" }.joined(separator: ", ") + "]" }
        guard shape.count == 2 else { return Array(#"{"layer.weight": \#(list(values[...]))}"#.utf8) }
        let rows = (0..<shape[0]).map { list(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
        return Array(#"{"layer.weight": [\#(rows.joined(separator: ", "))]}"#.utf8)
    }

    private static let writers: [String: @Sendable ([Float], [Int]) -> [UInt8]] = [
        "m.safetensors": safetensors, "m.npy": npy, "m.onnx": onnx, "m.gguf": gguf, "m.json": json,
    ]

    private func run(_ file: String, _ values: [Float], _ shape: [Int], _ settings: JSON = .empty) async throws
        -> Outcome
    {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(file)])
        let write = try #require(Self.writers[file])
        specimen.files[file] = write(values, shape)
        return try await specimen.run(NumericalStability.self, settings)
    }

    @Test(arguments: writers.keys.sorted()) func `a matrix that is all but zero warns, and a vector of zeros does not`(
        file: String
    ) async throws {
        var values = Array(repeating: Float(0), count: 200)
        values[7] = 0.5
        let dead = try await run(file, values, [20, 10])
        #expect(dead.verdict == .warn, "\(dead.words)")
        let name = file == "m.npy" ? "m.npy" : "layer.weight"
        #expect(
            dead.summary.hasPrefix(
                "\(file): 199 of 200 weights in '\(name)' are 0, so that its units are dead (99.5 %)"),
            "\(dead.words)")
        #expect(dead.measurements["zeros"]?.int == 199 && dead.measurements["values"]?.int == 200)
        #expect(try await run(file, values, [200]).verdict == .pass)
        #expect(try await run(file, values, [20, 10], ["maxZeros": 0.995]).verdict == .pass)
        #expect(
            try await run(file, values, [20, 10], ["allow": [file == "m.npy" ? "m.npy" : "layer.*"]]).verdict == .pass)
        #expect(try await run(file, Array(values.prefix(99)), [11, 9]).verdict == .pass)
    }

    @Test func `denormal weights warn`() async throws {
        let values = (0..<200).map { $0 < 3 ? Float.leastNonzeroMagnitude : 0.25 }
        let outcome = try await run("m.safetensors", values, [200])
        #expect(outcome.verdict == .warn && outcome.summary.contains("3 of 200 weights in 'layer.weight' are denormal"))
        #expect(outcome.measurements["denormal"]?.int == 3)
        #expect(try await run("m.safetensors", values, [200], ["maxDenormals": 0.02]).verdict == .pass)
        #expect(try await run("m.safetensors", values, [200], ["allow": ["*"]]).verdict == .pass)
    }

    @Test func `what JSON lists by objects is no matrix`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "m.json"])
        let zeros = Array(repeating: "0", count: 150).joined(separator: ", ")
        specimen.files["m.json"] = Array(#"{"trees": [{"parents": [\#(zeros)]}, {"parents": [\#(zeros)]}]}"#.utf8)
        let outcome = try await specimen.run(NumericalStability.self)
        #expect(outcome.verdict == .pass && outcome.measurements["zeros"]?.int == 300, "\(outcome.words)")
    }

    // MARK: Norms

    private func run(log: String, _ settings: JSON = .empty) async throws -> Outcome {
        var specimen = try Specimen.version("v1")
        specimen.files["training_log.csv"] = Array(log.utf8)
        return try await specimen.run(NumericalStability.self, settings)
    }

    @Test func `a norm that explodes fails with its row`() async throws {
        let log = "epoch,loss,grad_norm\n1,5,2\n2,4,\n3,3,2.5\n4,2,2\n5,2,4e3\n6,1,2\n"
        let outcome = try await run(log: log)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.summary == "training_log.csv: grad_norm explodes to 4000 in row 5, 2000 times its median before",
            "\(outcome.words)")
        #expect(outcome.findings.first { $0.verdict == .fail }?.line == 6)
        #expect(try await run(log: log, ["maxNormSpike": 2000]).verdict == .pass)
        #expect(try await run(log: log, ["normColumns": ["loss"]]).verdict == .pass)
        let none = try await run(log: log, ["normColumns": ["grad"]])
        #expect(none.verdict == .inconclusive && none.summary.contains("has no column 'grad'"), "\(none.words)")
    }

    @Test func `a norm that is no number is a warning, and fails where training ends with it`() async throws {
        let skipped = try await run(log: "epoch,loss,grad_norm\n1,5,inf\n2,4,2\n3,3,2\n")
        #expect(skipped.verdict == .warn, "\(skipped.words)")
        #expect(skipped.summary == "training_log.csv: grad_norm is inf in row 1, and in 1 of 3", "\(skipped.words)")
        let ended = try await run(log: "epoch,loss,grad_norm\n1,5,2\n2,4,2\n3,3,nan\n")
        #expect(ended.verdict == .fail && ended.findings.contains { $0.line == 4 }, "\(ended.words)")
    }

    @Test func `columns about norms that hold words are passed over, and no norm hides a loss`() async throws {
        let words = "epoch,loss,grad_norm,norm_type,norm_clipped\n1,5,2,l2,True\n2,4,2,l2,False\n"
        let fine = try await run(log: words)
        #expect(fine.verdict == .pass, "\(fine.words)")
        let mixed = try await run(log: "epoch,loss,grad_norm\n1,5,2\n2,4,big\n")
        #expect(mixed.verdict == .inconclusive && mixed.summary.contains("is 'big'"), "\(mixed.words)")
        let hidden = try await run(log: "epoch,loss,grad_norm\n1,nan,2\n2,4,big\n")
        #expect(hidden.verdict == .fail && hidden.words.contains("loss is nan in row 1"), "\(hidden.words)")
    }

    @Test func `a tensor of more than 64 dimensions is refused`() throws {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            let size = bytes.count
            return [number << 3 | 2] + (size < 128 ? [UInt8(size)] : [UInt8(size & 0x7F) | 0x80, UInt8(size >> 7)])
                + bytes
        }
        func words(_ dimensions: [UInt8]) -> String {
            let bytes = field(7, field(5, dimensions + [0x10, 1] + field(8, [0x77])))
            do throws(Malformed) {
                _ = try WeightFile(RandomAccessBytes(bytes), name: "m.onnx")?.report()
                return ""
            } catch { return "\(error)" }
        }
        let many = [UInt8](repeating: 1, count: 65)
        #expect(words(field(1, many)).hasSuffix("has more than 64 dimensions"), "\(words(field(1, many)))")
        #expect(words(many.flatMap { [0x08, $0] }).hasSuffix("has more than 64 dimensions"))
        #expect(!words(field(1, many.dropLast())).hasSuffix("dimensions"))
    }
}
