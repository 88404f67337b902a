import Domain

extension YAMLNodes {
    /// A deployment read straight from the bytes, or `nil` where anything is unusual: it is then read field by field.
    ///
    /// Gives what ``Deployment/init(_:)`` gives (a test compares them); a repository holds many more deployments than anything else.
    func plainDeployment(at spec: Int32) -> Deployment? {
        guard spec >= 0, self[spec].kind == .mapping else { return nil }
        var model: String?, revision: ObjectID?, version: String?, digest: Digest?
        var key = self[spec].first
        while key >= 0 {
            let value = self[key].next
            guard self[value].kind == .scalar, !isNull(value) else { return nil }
            if text(key, is: "model") {
                model = text(value)
            } else if text(key, is: "revision") {
                revision = withText(value) { ObjectID(digits: $0) }
                if revision == nil { return nil }
            } else if text(key, is: "version") {
                version = text(value)
            } else if text(key, is: "digest") {
                digest = withText(value) { Digest(digits: $0) }
                if digest == nil { return nil }
            } else {
                return nil
            }
            key = self[value].next
        }
        guard let model, revision != nil || (version == nil && digest == nil) else { return nil }
        return Deployment(model: model, pin: revision.map { Pin(revision: $0, version: version, digest: digest) })
    }
}

extension ObjectID {
    /// Reads 40 hexadecimal digits.
    fileprivate init?(digits text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 40, let high = Hexadecimal.word(text, at: 0), let middle = Hexadecimal.word(text, at: 16),
            let end = Hexadecimal.word(text, at: 24)
        else { return nil }
        self.init(high: high, middle: middle, low: UInt32(truncatingIfNeeded: end))
    }
}

extension Digest {
    /// Reads 64 hexadecimal digits, with or without `sha256:` before them.
    fileprivate init?(digits text: UnsafeBufferPointer<UInt8>) {
        let prefix: StaticString = "sha256:"
        let start = text.count == 71 && text.starts(with: prefix.bytes) ? 7 : 0
        guard text.count == 64 + start, let first = Hexadecimal.word(text, at: start),
            let second = Hexadecimal.word(text, at: start + 16), let third = Hexadecimal.word(text, at: start + 32),
            let fourth = Hexadecimal.word(text, at: start + 48)
        else { return nil }
        self.init(words: (first, second, third, fourth))
    }
}

extension Hexadecimal {
    /// The number that 16 digits write, or `nil` where one of them is none or they are not there.
    fileprivate static func word(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
        guard let high = half(text, at: start), let low = half(text, at: start + 8) else { return nil }
        return high << 32 | low
    }

    /// The number that 8 digits write, all at once.
    private static func half(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt64? {
        guard start >= 0, start + 8 <= text.count else { return nil }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UInt64(bigEndian: UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: start, as: UInt64.self))
        let letters = (word >> 6) & ones
        let values = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        // Writing the values again gives the same characters only if they were digits.
        let tens = ((values &+ 0x7676_7676_7676_7676) >> 7) & ones
        let written = values &+ 0x3030_3030_3030_3030 &+ tens &* 39
        guard written == word | (letters << 5), values & 0xF0F0_F0F0_F0F0_F0F0 == 0 else { return nil }
        let bytes = (values | (values >> 4)) & 0x00FF_00FF_00FF_00FF
        let pairs = (bytes | (bytes >> 8)) & 0x0000_FFFF_0000_FFFF
        return (pairs | (pairs >> 16)) & 0xFFFF_FFFF
    }
}
