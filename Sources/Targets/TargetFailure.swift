public import Domain
import Glibc

/// Why a target cannot be made to run something, or cannot be seen.
public struct TargetFailure: BlamesArtifact, Hashable {
    public let description: String
    public let remedy: Remedy
    public let blamed: Artifact?

    init(_ description: String, remedy: Remedy = .askHuman, blamed: Artifact? = nil) {
        self.description = description
        self.remedy = remedy
        self.blamed = blamed
    }

    func naming(_ place: String, insteadOf draft: String) -> TargetFailure {
        TargetFailure(description.replacing(draft, with: place), remedy: remedy, blamed: blamed)
    }

    /// What the system said. A full disk and the like are tried again: they pass.
    init(system what: String, code: Int32 = errno) {
        let passes = [ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, EAGAIN, EINTR, ENOMEM, ESTALE, EBUSY].contains(code)
        self.init("\(what): \(String(cString: strerror(code)))", remedy: passes ? .retry : .askHuman)
    }
}
