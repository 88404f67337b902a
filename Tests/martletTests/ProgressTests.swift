import Data
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import martlet

struct ProgressTests {
    /// What was drawn, in order.
    private final class Drawn: Sendable {
        private let texts = Mutex<[String]>([])

        var all: [String] { texts.withLock { $0 } }
        func line(after delay: Duration) -> martlet.Progress.Line {
            .init(delay: delay, pause: .milliseconds(5)) { text in self.texts.withLock { $0.append(text) } }
        }
    }

    @Test func `work that takes long is told until its end, and then the line is taken away`() throws {
        let drawn = Drawn()
        let answer = martlet.Progress.during(on: drawn.line(after: .milliseconds(10))) { progress in
            progress.tell("one")
            while drawn.all.last != "one" { usleep(1000) }
            progress.tell("two")
            progress.watch.begin(rows: 40, of: 80)
            while drawn.all.last != "two: 40 rows, 0 %" { usleep(1000) }
            return 42
        }
        #expect(answer == 42)
        let texts = drawn.all
        #expect(texts.first == "one" && texts.last == "")
        usleep(50_000)
        #expect(drawn.all == texts, "nothing is drawn after the end")
    }

    @Test func `work that ends soon, or says nothing, draws nothing, nor does what fails leave a line`() async throws {
        let drawn = Drawn()
        martlet.Progress.during(on: drawn.line(after: .seconds(60))) { $0.tell("quick") }
        martlet.Progress.during(on: drawn.line(after: .zero)) { _ in _ = usleep(50_000) }
        #expect(drawn.all == [])
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await martlet.Progress.during(on: drawn.line(after: .zero)) { progress in
                progress.tell("ill")
                while drawn.all.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
                throw Stop()
            }
        }
        #expect(drawn.all.first == "ill" && drawn.all.last == "")
    }

    @Test func `parts of a table are named with their number`() throws {
        let scratch = try ScratchFolder()
        let files = try ["a", "b"].map { try scratch.write("x\n1\n2\n".utf8, to: "\($0).csv") }
        let drawn = Drawn(), words = "reading \(files[1]) (2 of 2): 2 rows, 100 %"
        try martlet.Progress.during(on: drawn.line(after: .zero)) { progress throws in
            _ = try TableFile.profile(partsOfOne: files, ProfileOptions(), progress)
            // The line may have been drawn for the first part, too.
            for _ in 0..<10_000 where !drawn.all.contains(where: { $0.hasPrefix(words) }) { usleep(1000) }
        }
        #expect(drawn.all.contains { $0.hasPrefix(words) }, "\(drawn.all)")
    }

    @Test(arguments: ["check", "score"])
    func `on a terminal, checks that take long are told`(_ command: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor", evaluation: "{command: [sh, -c, \"sleep 3; echo x\"]}")
            ])
            let run = try house.martlet(onTerminal: "\(command) tumor -C \(house.work)")
            let start = "\r\u{1B}[2K"
            let words = command == "check" ? "1 of 1: infra.quality-gate of tumor" : "running "
            let drawn = try #require(run.output.ranges(of: start + words).last, "\(run)")
            #expect(run.output[drawn.upperBound...].contains(start), "it is taken away")
        }
    }

    @Test func `on a terminal, a schema that takes long to infer is told`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("x,y\n1,2\n", to: "a.csv")
            let row = String(repeating: "some words,", count: 40) + "1\n"
            let names = (0...40).map { "c\($0)" }.joined(separator: ",") + "\n"
            try house.write(names + String(repeating: row, count: 60_000), to: "b.csv")
            let run = try house.martlet(onTerminal: "schema infer a.csv b.csv --name t")
            let start = "\r\u{1B}[2K"
            let drawn = try #require(run.output.ranges(of: start + "reading b.csv (2 of 2): ").last, "\(run)")
            #expect(run.output[drawn.upperBound...].contains(" rows, "), "\(run)")
            #expect(run.output[drawn.upperBound...].contains(start), "it is taken away")
        }
    }

    @Test func `without a terminal nothing is`() async throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(("x\n" + String(repeating: "1\n", count: 1000)).utf8, to: "x.csv")
        let ended = try spawn([House.binary, "profile", path], environment: House.variables)
        #expect(ended.code == 0 && ended.errors.isEmpty)
    }
}
