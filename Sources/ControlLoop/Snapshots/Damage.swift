import Domain

/// A folder or file of Git's that cannot be read, as a disk leaves it that lost something. It says nothing: above all not that what lay
/// there is gone.
public struct Damage: Hashable, Sendable {
    /// Where it lies; a folder's path has no slash at its end.
    public let path: String
    let id: ObjectID
    let why: String

    /// What its diagnostics are called.
    static let code = "damaged"
    /// So many are looked up in history, each of them among so many commits.
    static let mostFolders = 100
    static let mostCommits = 1000

    /// Whether it keeps from being read what a record says of a unit.
    func concerns(_ unit: Unit) -> Bool {
        let file = StatusStore.path(unit)
        return path.isEmpty || path == file || file.hasPrefix(path + "/")
    }

    /// The same where it is a part of a record, such as `refs/martlet/status`.
    func diagnostic(in reference: String) -> Diagnostic {
        Diagnostic(
            file: path.isEmpty ? reference : "\(reference):\(path)", severity: .warning, code: Self.code,
            message: "what was recorded cannot be read: \(why)",
            hint: "the controller finds it out anew from the branch and from what runs, and writes it down again")
    }

    /// What it is to people who look after manifests.
    ///
    /// - Parameter what: A folder or a file.
    func diagnostic(of what: String) -> Diagnostic {
        Diagnostic(
            file: path, code: Self.code, message: "the \(what) cannot be read: \(why)",
            hint: "until it can, what was valid there last counts, and nothing enters by it")
    }
}

extension Error {
    /// Whether what could not be read may be whole, and be read the next time: a machine that is short of something, not an object that is
    /// damaged or missing. Nothing may be concluded from it.
    var isPassing: Bool { (self as? any Failure)?.isOutage ?? true }
}
