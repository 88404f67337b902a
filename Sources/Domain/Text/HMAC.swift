/// HMAC-SHA-256 (RFC 2104, FIPS 198-1): who knows the key wrote the message.
public enum HMAC {
    public static func sha256(of message: some Collection<UInt8>, key: some Collection<UInt8>) -> Digest {
        var block = key.count > 64 ? SHA256.digest(of: key).bytes : Array(key)
        block += repeatElement(0, count: 64 - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(message)
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        outer.update(inner.finish().bytes)
        return outer.finish()
    }

    /// Whether both are the same, in a time that says nothing of where they differ. Their lengths are no secret.
    public static func areEqual(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
