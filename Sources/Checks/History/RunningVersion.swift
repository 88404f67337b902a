import Data
import Domain

/// The version that an environment is said to run, and a server of the environment that can be asked whether it does.
struct RunningVersion {
    let version: Subject
    /// The rollback that brought it, where one did.
    let rollback: ObjectID?
    /// The server's address of the model; `nil` where nobody names one.
    let address: String?

    /// `nil` where what runs is not verified, or is neither the subject nor what that would replace.
    ///
    /// - Parameter endpoint: The server that the gate names; else it is the environment's probe, where that asks one of the Open Inference
    ///   Protocol.
    init?(of subject: Subject, endpoint: String?) async throws {
        guard let environment = subject.environment, let status = subject.statuses[environment.name],
            status.state == .verified, let pin = status.pin,
            let running = try await subject.version(at: pin.revision)
        else { return nil }
        version = running
        rollback = status.isRollback ? status.commit : nil
        let model = subject.version.model
        address =
            endpoint.map { InferenceServer.address(Self.filled($0, model), model: model) }
            ?? environment.settings.verify.probe.flatMap { Self.address(ofProbe: $0, model) }
    }

    /// `http://server:8000/v2/models/tumor` of a probe that asks `http://server:8000/v2/models/{model}/versions/{number}/ready`.
    ///
    /// `nil` of one that shows a password: addresses stand in messages.
    private static func address(ofProbe probe: PluginSettings, _ model: String) -> String? {
        guard probe.kind == "http", let url = probe.settings.json["url"]?.string,
            let start = url.firstRange(of: "/v2/models/"), !url[..<start.lowerBound].contains("@")
        else { return nil }
        let name = url[start.upperBound...].prefix { $0 != "/" && $0 != "?" }
        return name.isEmpty ? nil : filled(String(url[..<start.upperBound] + name), model)
    }

    /// `{model}` as model servers call a nested one, with `__`.
    private static func filled(_ text: String, _ model: String) -> String {
        text.split(separator: "{model}", omittingEmptySubsequences: false).joined(
            separator: model.pathParts().joined(separator: "__"))
    }
}

extension Subject {
    /// Itself or what it would replace: whichever the commit defines, or shows the content of.
    fileprivate func version(at revision: ObjectID) async throws -> Subject? {
        let known = [self, deployed].compactMap(\.self)
        if let same = known.first(where: { $0.version.revision == revision }) { return same }
        let version = version
        return try await tools.store.read { (try? version.isShown(at: revision, $0)) ?? false } ? self : nil
    }
}
