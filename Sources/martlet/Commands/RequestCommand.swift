import ArgumentParser

struct RequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "List, show, check and close requests, the branches promote/ENV/MODEL",
        discussion: """
            A request is opened by 'martlet promote MODEL --to ENV', by the controller, or by anybody's push:

                git push origin HEAD:promote/production/credit-risk
            """,
        subcommands: [ListRequests.self, ShowRequest.self, CheckRequest.self, CloseRequest.self])
}
