/// What a signature on a commit or tag is worth.
public enum SignatureVerdict: Hashable, Sendable {
    /// A good signature of somebody who may sign, named as in the list of signers.
    case good(signer: String)
    case unsigned
    /// Damaged, of a stranger, or of a key that is not valid at that time: why, in words for people.
    case rejected(String)

    /// Nothing is believed where nobody can verify it.
    public static let notVerifiedHere = SignatureVerdict.rejected("signatures are not verified here")

    /// Who signed, where the signature is good.
    public var signer: String? {
        if case .good(let signer) = self { return signer }
        return nil
    }
}

/// Says what the signature of a commit or tag is worth. The signers are those of the protected branch, never of what is verified.
public typealias VerifySignature = @Sendable (_ object: ObjectID, _ signers: Signers) async throws -> SignatureVerdict

/// Writes the commits after `base` up to `head` along first parents again, each with Martlet's signature, and returns the new head.
public typealias SignCommits = @Sendable (_ head: ObjectID, _ base: ObjectID?) async throws -> ObjectID

/// Writes an annotated tag again with Martlet's signature, and returns the new one.
public typealias SignTag = @Sendable (_ tag: ObjectID) async throws -> ObjectID
