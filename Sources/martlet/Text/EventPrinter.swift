import ArgumentParser
import ControlLoop
import Domain

/// Progress on standard error: for people, or one JSON object a line.
struct EventPrinter: Sendable {
    enum Style: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json, none }

    let style: Style
    let isVerbose: Bool
    let now: @Sendable () -> Timestamp

    func tell(_ event: Event) {
        guard isVerbose || event.level != .debug else { return }
        switch style {
        case .none: break
        case .json:
            let members = [
                ("time", JSON.string(now().description)), ("level", .string(event.level.rawValue)),
                ("message", .string(event.message)),
            ]
            Terminal.complain(JSON.object(members + event.fields.map { ($0.0, .string($0.1)) }).text())
        case .text:
            let mark =
                switch event.level {
                case .debug: Terminal.paint("·", .dim)
                case .info: Terminal.paint("→", .blue)
                case .warning: Terminal.paint("!", .yellow)
                case .error: Terminal.paint("✗", .red)
                }
            Terminal.complain("\(mark) \(event.message)")
        }
    }
}
