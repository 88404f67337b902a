import Domain
import Testing

@testable import Checks

/// Norms, zeros and broken numbers of layers through training: of checkpoints themselves, and of a file that tells them.
@Suite struct LayerSeriesTests {
    private static let steps = (1...5).map { "step-\($0).safetensors" }

    private func checkpoints(_ names: [String] = steps) throws -> Specimen {
        var specimen = try Specimen.version("v1")
            .setting("training", "checkpoints", to: .array(names.map(JSON.string)))
        for name in Self.steps { specimen.files[name] = try Fixture.bytes("checkpoints/\(name)") }
        return specimen
    }

    private func told(_ rows: [String], _ header: String = "step,layer,norm,zeros,dead_units,nan,infinite") throws
        -> Specimen
    {
        var specimen = try Specimen.version("v1").setting("training", "statistics", to: "layers.csv")
        specimen.files["layers.csv"] = Array(([header] + rows).joined(separator: "\n").utf8)
        return specimen
    }

    private func outcome(_ specimen: Specimen, _ settings: JSON = .empty) async throws -> Outcome {
        try await specimen.run(NumericalStability.self, settings)
    }

    // MARK: Checkpoints

    @Test func `the norms of checkpoints are those that NumPy finds, in four widths`() throws {
        let expected = try #require(try JSON(parsing: Fixture.bytes("checkpoints/norms.json")).array)
        var layers: [LayerSeries] = []
        for (index, name) in Self.steps.enumerated() {
            let source = RandomAccessBytes(try Fixture.bytes("checkpoints/\(name)"))
            try LayerSeries.add(source, name, number: index + 1, to: &layers)
        }
        #expect(Set(layers.map(\.name)) == Set((expected[0].members ?? []).map(\.key)))
        for layer in layers {
            #expect(layer.steps.count == 5)
            for (step, known) in zip(layer.steps, expected) {
                let norm = try #require(known[layer.name]?.double)
                #expect(abs((step.norm ?? 0) - norm) < 1e-12 * norm, "\(layer.name) \(step.title)")
            }
        }
        #expect(layers.first { $0.name == "dense_2/kernel" }?.steps[0].zeros == 1.0 / 120)
        #expect(layers.first { $0.name == "dense_1/bias" }?.steps[0].zeros == nil)
    }

    @Test func `checkpoints that are finite pass, and are named`() async throws {
        let outcome = try await outcome(checkpoints())
        #expect(
            outcome.verdict == .pass && outcome.summary.contains("losses, 5 checkpoints and predictions are finite"),
            "\(outcome.words)")
    }

    /// The first number of the first tensor in the file replaced.
    private func breaking(_ specimen: Specimen, _ name: String, _ number: [UInt8]) throws -> Specimen {
        var specimen = specimen
        var bytes = try #require(specimen.files[name])
        let tensor = try #require(
            try SafetensorsWeights.tensors(of: RandomAccessBytes(bytes)).first { $0.name == "dense_1/kernel" })
        bytes.replaceSubrange(tensor.start..<tensor.start + 4, with: number)
        specimen.files[name] = bytes
        return specimen
    }

    @Test func `the last checkpoint may hold no NaN, and one before it is a warning`() async throws {
        let nan: [UInt8] = [0, 0, 0xC0, 0x7F]
        let last = try await outcome(breaking(checkpoints(), "step-5.safetensors", nan))
        #expect(last.verdict == .fail, "\(last.words)")
        #expect(last.summary.contains("'dense_1/kernel' has 1 NaN in checkpoint 5, and is not finite in 1 of 5 steps"))
        let early = try await outcome(breaking(checkpoints(), "step-2.safetensors", nan))
        #expect(early.verdict == .warn && early.summary.contains("1 NaN in checkpoint 2"), "\(early.words)")
    }

    @Test func `a norm that explodes fails with the checkpoint`() async throws {
        // 1e8 as a 32-bit number.
        let huge: [UInt8] = [0x20, 0xBC, 0xBE, 0x4C]
        let outcome = try await outcome(breaking(checkpoints(), "step-4.safetensors", huge))
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.contains("the norm of 'dense_1/kernel' explodes to 100000000 in checkpoint 4"))
        #expect(outcome.findings.first?.file == "step-4.safetensors")
    }

    @Test func `a checkpoint that is none, or not there, never passes`() async throws {
        var cut = try checkpoints()
        cut.files["step-3.safetensors"]?.removeLast(8)
        let broken = try await outcome(cut)
        #expect(broken.verdict == .fail && broken.words.contains("step-3.safetensors cannot be read as safetensors"))
        let gone = try await outcome(checkpoints(["step-1.safetensors", "step-9.safetensors"]))
        #expect(gone.verdict == .inconclusive && gone.words.contains("step-9.safetensors is named in model.yaml"))
    }

    // MARK: A file of statistics

    private static let sound = (1...6).flatMap { ["\($0)00,a,2.5,0,0.1,0,0", "\($0)00,b,1,0.2,,0,0"] }

    @Test func `layers that stay finite pass, and are counted`() async throws {
        let outcome = try await outcome(told(Self.sound.reversed()))
        #expect(outcome.verdict == .pass && outcome.summary.contains("statistics of 2 layers"), "\(outcome.words)")
    }

    @Test func `what breaks, explodes or dies is told with layer, step and line`() async throws {
        let cases: [(String, Verdict, String)] = [
            ("700,a,2.5,0,0,2,1", .fail, "'a' has 2 NaN and 1 infinite in step 700, and is not finite in 1 of 7 steps"),
            ("700,a,nan,0,0,0,0", .fail, "'a' has a norm of nan in step 700"),
            ("50,a,inf,0,0,0,0", .warn, "'a' has a norm of inf in step 50"),
            ("700,a,2600,0,0,0,0", .fail, "the norm of 'a' explodes to 2600 in step 700, 1040 times its median before"),
            ("700,a,2.5,0,0.995,0,0", .fail, "'a': 99.5 % of its units are dead in step 700, expected at most 99 %"),
            ("700,a,2.5,0.995,0,0,0", .warn, "'a': 99.5 % of its numbers are 0 in step 700"),
            ("700,a,2.5,0,0,0,0", .warn, "of 'b' step 700 tells nothing, as steps before it do"),
        ]
        for (row, verdict, words) in cases {
            let outcome = try await outcome(told(Self.sound + [row]))
            #expect(outcome.verdict == verdict && outcome.words.contains(words), "\(row): \(outcome.words)")
            guard verdict == .fail else { continue }
            #expect(outcome.findings.first?.line == 14, "\(row)")
        }
        let allowed = try await outcome(
            told(Self.sound + ["700,a,2.5,0.995,1,0,3", "700,b,1,0,0,0,0"]), ["allow": ["a"]])
        #expect(allowed.verdict == .pass, "\(allowed.words)")
    }

    @Test func `gradients and weights of one layer are two rows of numbers, also in JSON Lines`() async throws {
        var specimen = try told([]).setting("training", "statistics", to: "layers.jsonl")
        let rows = (1...5).flatMap { step in
            ["weights", "gradients"].map { kind in
                #"{"epoch": \#(step), "tensor": "a", "kind": "\#(kind)", "norm": \#(kind == "weights" ? "1" : step == 5 ? "NaN" : "0.001")}"#
            }
        }
        specimen.files["layers.jsonl"] = Array(rows.joined(separator: "\n").utf8)
        let outcome = try await outcome(specimen)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.contains("gradients of 'a' has a norm of nan in epoch 5, and is not finite in 1 of 5"))
    }

    @Test func `a table that cannot be read is inconclusive, with the line`() async throws {
        let cases: [(String, [String], String)] = [
            ("step,layer,norm", ["1,a,-1"], "layers.csv:2: norm is -1.0, expected 0 or more"),
            ("step,layer,zeros", ["1,a,99"], "layers.csv:2: zeros is 99.0, expected a share from 0 to 1"),
            ("step,layer,nan", ["1,a,0.5"], "layers.csv:2: nan is 0.5, expected a whole number"),
            ("step,layer,nan", ["1,a,0", "x,a,0"], "layers.csv:3: step is 'x', which is no number"),
            ("step,layer,nan", ["1,,0"], "layers.csv:2: it names no layer"),
            ("step,layer,nan", ["1,a,0", "2,a,0", "1,a,0"], "step 1 of a stands twice (lines 2 and 4)"),
            ("step,layer,size", ["1,a,3"], "has none of the columns norm, zeros, dead_units, nan, infinite"),
            ("step,norm", ["1,3"], "has none of the columns layer, tensor, parameter"),
            ("step,layer,norm", [], "layers.csv has no rows"),
        ]
        for (header, rows, words) in cases {
            let outcome = try await outcome(told(rows, header))
            #expect(outcome.verdict == .inconclusive && outcome.words.contains(words), "\(words): \(outcome.words)")
        }
    }

    @Test func `of many layers not every one is told`() async throws {
        let rows = (0..<500).map { "1,l\($0),1,0,0,1,0" }
        let outcome = try await outcome(told(rows))
        #expect(outcome.findings.count == 21 && outcome.words.contains("480 more such findings"), "\(outcome.words)")
        // A kind for each row, and each layer ends before another.
        let kinds = (0..<4_000).flatMap { ["1,a,k\($0),1", "2,b,k\($0),1"] }
        let many = try await self.outcome(told(kinds, "step,layer,kind,norm"))
        #expect(many.verdict == .warn && many.findings.count == 21, "\(many.summary)")
    }
}
