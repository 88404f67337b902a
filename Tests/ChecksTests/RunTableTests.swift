import Domain
import Testing

@testable import Checks

/// Logs as trainers leave them. Those in `Tests/Fixtures/logs` were written by TensorFlow, tensorboardX and XGBoost.
@Suite struct RunTableTests {
    private func table(_ text: String, _ path: String) throws -> RunTable {
        try RunTable(.bytes(Array(text.utf8)), path: path)
    }

    private func log(_ name: String) throws -> RunTable {
        try RunTable(.bytes(Fixture.bytes("logs/\(name)")), path: "runs/\(name)")
    }

    private func failure(_ bytes: [UInt8], _ path: String) -> String? {
        do throws(Malformed) { _ = try RunTable(.bytes(bytes), path: path) } catch { return error.description }
        return nil
    }

    @Test func `one training, as TensorBoard's two ways and XGBoost's record have it`() throws {
        let record = try log("xgboost.json"), torch = try log("events.out.tfevents.tensorboardX")
        let flow = try log("events.out.tfevents.tensorflow")
        #expect(record.columns == ["train/logloss", "validation/logloss"] && record.rows.count == 20)
        #expect(torch.columns == ["step", "loss/train", "loss/validation"])
        #expect(flow.columns == ["step", "epoch_loss", "epoch_val_loss"])
        #expect(torch.texts("step") == (0..<20).map(String.init))
        let losses = try #require(try record.numbers("train/logloss")).map { Float($0 ?? -1) }
        for table in [torch, flow] {
            let written = try #require(try table.numbers(table.columns[1])).map { Float($0 ?? -1) }
            #expect(written == losses, "TensorBoard keeps single precision")
        }
        #expect(flow.texts("epoch_val_loss")?[12] == "nan")
    }

    @Test func `curves of real logs fall, and a loss that is no number is found`() async throws {
        for (name, verdict) in [
            ("xgboost.json", Verdict.pass), ("events.out.tfevents.tensorboardX", .pass),
            ("events.out.tfevents.tensorflow", .fail),
        ] {
            var specimen = try Specimen.version("v1").setting("training", "log", to: .string(name))
            specimen.files[name] = try Fixture.bytes("logs/\(name)")
            let outcome = try await specimen.run(TrainingLog.self)
            #expect(outcome.verdict == verdict, "\(outcome.words)")
            if verdict == .fail { #expect(outcome.summary.contains("epoch_val_loss is nan in row 13")) }
        }
    }

    @Test func `what Hugging Face's trainer leaves is its history`() throws {
        let state = """
            {"epoch": 2.0, "global_step": 4, "log_history": [
              {"epoch": 0.5, "grad_norm": 2.1, "learning_rate": 5e-05, "loss": 2.5, "step": 1},
              {"epoch": 1.0, "eval_loss": 2.0, "eval_runtime": 1.2, "step": 2},
              {"epoch": 1.5, "loss": NaN, "step": 3}, {"train_loss": 1.75, "step": 4}], "max_steps": 4}
            """
        let table = try table(state, "trainer_state.json")
        #expect(table.columns.contains("eval_loss") && table.rows.count == 4)
        #expect(table.texts("loss") == ["2.5", "", "nan", ""] && table.texts("step") == ["1", "2", "3", "4"])
        #expect(table.line(of: 0) == nil)
    }

    @Test func `a history by name may have lists of different length`() throws {
        let table = try table(#"{"loss": [3, 2, 1], "val_loss": [4, 5], "params": {"epochs": 3}}"#, "history.json")
        #expect(table.columns == ["loss", "val_loss"] && table.texts("val_loss") == ["4", "5", ""])
    }

    @Test func `lines are those of the file`() throws {
        #expect(try table("a,b\n1,2\n", "log.csv").line(of: 0) == 2)
        #expect(try table("{\"a\": 1}\n", "log.jsonl").line(of: 0) == 1)
    }

    @Test func `a log that is still being written is read up to there`() throws {
        let bytes = try Fixture.bytes("logs/events.out.tfevents.tensorflow")
        for cut in [1, 5, 30, 300] {
            let table = try RunTable(.bytes(bytes.dropLast(cut)), path: "events.out.tfevents.1")
            #expect(table.rows.count >= 19, "\(cut)")
        }
        #expect(try RunTable(.bytes([]), path: "events.out.tfevents.1").rows.isEmpty)
    }

    @Test func `a damaged log is none`() throws {
        var bytes = try Fixture.bytes("logs/events.out.tfevents.tensorflow")
        bytes[100] ^= 1
        #expect(failure(bytes, "a.tfevents.b")?.contains("wrong checksum of the record at byte 78") == true)
        bytes[80] ^= 1
        #expect(failure(bytes, "a.tfevents.b")?.contains("wrong checksum of a length at byte 78") == true)
        #expect(failure(Array("step,loss\n1,2\n".utf8), "a.tfevents.b")?.contains("no TensorBoard file") == true)
        #expect(failure(Array("{}".utf8), "log.json")?.contains("neither a list of objects") == true)
        #expect(failure(Array("[1]".utf8), "log.json") == "entry 1 is no JSON object")
        #expect(failure(Array("{\"a\": [1,".utf8), "log.json")?.contains("at byte") == true)
    }

    @Test func `a small file that names ever more columns takes no memory`() {
        let lines = (0..<20_000).map { "{\"k\($0)\": 1}" }.joined(separator: "\n")
        #expect(failure(Array(lines.utf8), "log.jsonl")?.contains("more cells than are read") == true)
        let lists =
            "{" + (0..<30_000).map { "\"k\($0)\": []" }.joined(separator: ",") + ", \"l\": ["
            + String(repeating: "1,", count: 1000) + "1]}"
        #expect(failure(Array(lists.utf8), "log.json")?.contains("30001 lists") == true)
    }

    @Test func `checksums are Castagnoli's`() {
        // RFC 3720, B.4.
        #expect(CRC32C.sum(Array(repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(CRC32C.sum(Array(0..<32)[...]) == 0x46DD_794E)
    }
}
