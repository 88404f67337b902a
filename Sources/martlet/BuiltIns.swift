import Checks
import ControlLoop
import Domain
import Gates
import Monitors
import Targets

/// Every built-in plug-in. To add one, write its file and name it here.
enum BuiltIns {
    static let checks = CheckRegistry([
        DataSchema.self,
        SimplerBaseline.self,
        Slices.self,
        Inclusion.self,
        QualityGate.self,
        Rollback.self,
        NumericalStability.self,
        ArtifactIntact.self,
    ])
    static let targets = Registry([
        Directory.self,
        Exec.self,
    ])
    static let probes = Registry([
        HTTPProbe.self,
        ExecProbe.self,
        PrometheusProbe.self,
    ])

    /// Decides by the gate, with the time zones of this machine.
    static let judge: Judge = { facts in
        GateJudge { zone in try? LocalFile.bytes(of: "/usr/share/zoneinfo/\(zone)") }.blockers(
            GateJudge.Facts(
                gateName: facts.gateName, gate: facts.gate, evidence: facts.evidence,
                verifiedUpstream: facts.verifiedUpstream,
                windows: facts.windows, now: facts.now))
    }
}
