extension String {
    /// As a part of a URL (RFC 3986): everything but letters, digits and `-._~` is escaped, so that a value adds no path or query.
    public var percentEncoded: String {
        utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let plain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            return plain ? String(character) : "%" + Hexadecimal.text([byte]).uppercased()
        }.joined()
    }
}
