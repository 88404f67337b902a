import Domain
import Synchronization

/// Finds one deployment ill when it is told to, and all others well.
struct SickProbe: Probe {
    static let kind = "sick"
    static let summary = "for the benchmark"
    static let patient = Mutex<String?>(nil)
    static let watch = Stopwatch()

    init(_ fields: Fields) throws(FieldErrors) {}

    func look(at release: Release, using tools: Tools) async -> ProbeResult {
        let isIll = Self.patient.withLock { $0 == release.model } && release.environment == "dev"
        if isIll { Self.watch.mark("verdict") }
        return isIll ? ProbeResult(.fail, "ill") : ProbeResult(.pass, "well")
    }
}
