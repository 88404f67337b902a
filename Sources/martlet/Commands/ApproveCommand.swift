import ArgumentParser
import ControlLoop
import Domain
import Engines

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Agree, with your signature, that a request or version may enter an environment",
        discussion: """
            Signs a tag approve/ENV/MODEL/WHO on the request's head, or on the version that waits where there is no request, and \
            pushes it. Your git configuration says with which key: user.signingKey, gpg.format.

                martlet approve promote/production/credit-risk
                martlet approve credit-risk --to production -m "read the fairness report"
                martlet approve credit-risk --to production --revoke
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "The request (promote/ENV/MODEL), or the model")
    var what: String

    @Option(help: ArgumentHelp("The environment, where a model is named", valueName: "environment"))
    var to: String?

    @Option(name: .shortAndLong, help: "What you have looked at")
    var message: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Who you are in allowed_signers; without it, your user.email", valueName: "person"))
    var name: String?

    @Flag(help: "Take your approval back")
    var revoke = false

    func run() async throws {
        let unit = try ApprovedUnit(what, to: to).unit
        let workspace = try await Workspace.acting(common)
        let approver = try await Approver(workspace, folder: common.path, unit: unit, name: name)
        if revoke {
            let gone = try await approver.revoke().map(\.description)
            guard common.output == .text else {
                let tags = JSON.array(gone.map { .string($0) })
                return Terminal.say(
                    unit.json(and: [("who", .string(approver.who)), ("revoked", true), ("tags", tags)]))
            }
            return Terminal.say(
                "\(approver.who) no longer approves \(unit.model) for \(unit.environment): \(gone.joined(separator: ", ")) "
                    + "is deleted.")
        }
        let approved = try await approver.approve(message: message)
        switch common.output {
        case .json: Terminal.say(approved.json.text(pretty: true))
        case .text: Terminal.say(approved.text)
        }
        if let reason = approved.refusal { throw Refusal(message: "It does not count: \(reason)") }
    }
}

/// The deployment that the arguments name.
struct ApprovedUnit {
    let unit: Unit

    init(_ what: String, to environment: String?) throws {
        let parts = what.pathParts(keepingEmpty: true, most: 3).map(String.init)
        if parts.count == 3, parts[0] == "promote" {
            unit = Unit(environment: parts[1], model: parts[2])
            guard environment == nil || environment == parts[1] else {
                throw WrongUse("\(what) is a request for \(parts[1]); leave out --to")
            }
        } else if let environment {
            unit = Unit(environment: environment, model: what)
        } else if parts.count > 1 {
            // As 'request list' names it.
            unit = Unit(environment: parts[0], model: parts.dropFirst().joined(separator: "/"))
        } else {
            throw WrongUse("say where \(what) may go: --to ENVIRONMENT")
        }
        guard ManifestName.isValid(unit.environment), ManifestName.isValid(unit.model) else {
            throw WrongUse("'\(what)' is neither a request promote/ENV/MODEL nor a model")
        }
    }
}
