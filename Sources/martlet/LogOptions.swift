import ArgumentParser

struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log"), help: "How progress is told on standard error: text, json or none")
    var style: EventPrinter.Style = .text

    @Flag(name: .shortAndLong, help: "Tell more")
    var verbose = false
}
