import Domain

/// One field of a pin as it is written.
struct PinField {
    let name: String
    /// `nil` where the pin has none.
    let text: String?
    /// Whether another text says the same, such as a digest without its `sha256:`.
    let isSame: (String) -> Bool

    static let names: Set<String> = ["revision", "version", "digest"]

    /// In the order in which they are written.
    static func fields(of pin: Pin?) -> [PinField] {
        [
            PinField(name: "revision", text: pin?.revision.description) { ObjectID($0) == pin?.revision },
            PinField(name: "version", text: pin?.version) { $0 == pin?.version },
            PinField(name: "digest", text: pin?.digest?.description) { Digest($0) == pin?.digest },
        ]
    }
}
