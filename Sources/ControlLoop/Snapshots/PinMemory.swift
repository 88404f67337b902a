public import Domain

/// Remembers what deployment files of known paths and content pin, so that they need not be read again.
public protocol PinMemory {
    /// What the file pins; `nil` where that is not known.
    func pin(of key: ObjectID) -> RememberedPin?
    /// Keeps exactly these, for the next time.
    func remember(_ pins: [(key: ObjectID, pin: Pin?)])
}

/// What a deployment file pins, which may be nothing.
public struct RememberedPin: Hashable, Sendable {
    public let pin: Pin?

    public init(pin: Pin?) { self.pin = pin }
}
