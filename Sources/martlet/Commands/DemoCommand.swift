import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "See the main job done, on a real model in a temporary folder")

    func run() async throws {}
}
