import ArgumentParser
import Dispatch
import Domain
import Glibc

struct DemoCommand: AsyncParsableCommand, StopsByItself {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "See the main job done, on real models in a temporary folder",
        discussion: """
            Builds a bare repository and a clone, starts a controller, and pushes good and bad models with git: what passes \
            is promoted, what fails is stopped with its reason, what fails in production is reverted. Needs git and python3.
            """)

    @Flag(help: "Keep the folder, and say where it is")
    var keep = false

    @Option(help: "text for people, as it goes; json for programs, at the end")
    var output: OutputFormat = .text

    func run() async throws {
        let stage = try DemoStage.make()
        let play = Task {
            var demo = Demo(on: stage, isTold: output == .text)
            try await demo.play()
            return demo.story
        }
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { play.cancel() }
            source.resume()
            return source
        }
        let result = await play.result
        signals.forEach { $0.cancel() }
        if keep {
            let say = output == .text ? { Terminal.say($0) } : Terminal.complain
            say("\nKept in \(stage.folder); look at clone/ and origin.git/.")
        } else {
            await stage.strike()
        }
        let story = try result.get()
        if output == .json {
            Terminal.say(JSON.object([("folder", keep ? .string(stage.folder) : .null)] + story).text(pretty: true))
        }
    }
}
