public import Domain

/// Why a notice was not taken. Never holds a secret, nor a path or query of an address, which may be one.
public struct NotifierFailure: Failure, Hashable {
    public let description: String
    public let remedy: Remedy

    init(_ description: String, remedy: Remedy = .retry) {
        self.description = description
        self.remedy = remedy
    }
}
