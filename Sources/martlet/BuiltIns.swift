import Checks
import ControlLoop
import Domain
import Engines
import Forges
import Gates
import Monitors
import Notifiers
import Targets

/// Every built-in plug-in. To add one, write its file and name it here; a check in `BuiltInChecks.swift`.
enum BuiltIns {
    static let checks = CheckRegistry(BuiltInChecks.all)
    static let targets = Registry([
        Directory.self,
        Exec.self,
    ])
    static let probes = Registry([
        HTTPProbe.self,
        ExecProbe.self,
        PrometheusProbe.self,
    ])
    static let forges = Registry([
        GitHub.self,
        GitLab.self,
        Gitea.self,
    ])
    static let notifiers = Registry([
        Webhook.self,
        ChatWebhook.self,
        Email.self,
        CommandNotifier.self,
    ])
    static let engines = Registry([
        LocalEngine.self,
        CommandEngine.self,
    ])

    /// Decides by the gate, with the time zones of this machine.
    static let judge: Judge = { GateJudge(zoneFile: zoneFile).blockers($0) }

    /// Whether there is a time zone of that name; a machine without the database does not know.
    static let isZone: @Sendable (String) -> Bool = { name in
        MaintenanceWindow.isZone(name, zoneFile: zoneFile) || !LocalFile.exists(zones + "/Europe")
    }

    private static let zones = "/usr/share/zoneinfo"
    private static let zoneFile: @Sendable (String) -> [UInt8]? = { try? LocalFile.bytes(of: "\(zones)/\($0)") }
}
