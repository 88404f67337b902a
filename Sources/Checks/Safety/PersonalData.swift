/// Kinds of personal data that show in the form of a text. Those with check digits are hardly ever met by chance.
enum PersonalData: String, CaseIterable {
    case email = "e-mail addresses"
    case phone = "phone numbers"
    case iban = "bank accounts (IBAN)"
    case card = "payment cards"
    case address = "IP addresses"
    case socialSecurity = "US social security numbers"
    case residentID = "Chinese resident ids"

    var hasCheckDigit: Bool { [.iban, .card, .residentID].contains(self) }

    /// What the whole text looks like; `nil` for anything else.
    static func kind(of text: UnsafeBufferPointer<UInt8>) -> PersonalData? {
        guard text.count >= 6, text.count <= 254 else { return nil }
        if isEmail(text) { return .email }
        let digits = text.filter { $0 &- 0x30 < 10 }
        guard digits.count >= 4 else { return nil }
        if isIBAN(text) { return .iban }
        if isResidentID(text) { return .residentID }
        if isAddress(text) { return .address }
        if isSocialSecurity(text) { return .socialSecurity }
        if isCard(text, digits) { return .card }
        if isPhone(text, digits) { return .phone }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isEmail(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let at = text.firstIndex(of: 0x40), at > 0, text.lastIndex(of: 0x40) == at else { return false }
        let host = text[(at + 1)...]
        let isName = { (byte: UInt8) in isLetter(byte) || isDigit(byte) || "._%+-".utf8.contains(byte) }
        guard text[..<at].allSatisfy(isName),
            host.allSatisfy({ isLetter($0) || isDigit($0) || $0 == 0x2E || $0 == 0x2D }),
            let dot = host.lastIndex(of: 0x2E), dot > host.startIndex
        else { return false }
        let top = host[(dot + 1)...]
        return top.count >= 2 && top.allSatisfy(isLetter)
    }

    /// Two letters, two check digits, up to 30 more; modulo 97 is 1 (ISO 13616).
    private static func isIBAN(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let plain = text.filter { $0 != 0x20 }
        guard (15...34).contains(plain.count), isLetter(plain[0]), isLetter(plain[1]), isDigit(plain[2]),
            isDigit(plain[3])
        else {
            return false
        }
        var rest = 0
        for byte in plain[4...] + plain[..<4] {
            if isDigit(byte) {
                rest = (rest * 10 + Int(byte - 0x30)) % 97
            } else if isLetter(byte) {
                rest = (rest * 100 + Int((byte | 0x20) - 0x61) + 10) % 97
            } else {
                return false
            }
        }
        return rest == 1
    }

    /// 13 to 19 digits, in groups perhaps, with Luhn's check digit (ISO 7812) and a first digit that is issued.
    private static func isCard(_ text: UnsafeBufferPointer<UInt8>, _ digits: [UInt8]) -> Bool {
        guard (13...19).contains(digits.count), text.allSatisfy({ isDigit($0) || $0 == 0x20 || $0 == 0x2D }),
            let first = digits.first, (0x32...0x36).contains(first), Set(digits).count > 1
        else { return false }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = Int(digit - 0x30) * (index % 2 == 1 ? 2 : 1)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }

    /// With a plus (E.164), or with separators in groups; bare digits are too often something else.
    private static func isPhone(_ text: UnsafeBufferPointer<UInt8>, _ digits: [UInt8]) -> Bool {
        guard text.allSatisfy({ isDigit($0) || "+ -()./".utf8.contains($0) }) else { return false }
        if text[0] == 0x2B { return (8...15).contains(digits.count) && digits[0] != 0x30 }
        // (555) 123-4567 or 555-123-4567, not a date or a decimal number.
        let groups = text.split { !isDigit($0) }.map(\.count)
        return groups == [3, 3, 4] && text.contains(0x2D)
    }

    private static func isAddress(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(isDigit)
                    && part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
            }
    }

    private static func isSocialSecurity(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 11, text[3] == 0x2D, text[6] == 0x2D,
            [0, 1, 2, 4, 5, 7, 8, 9, 10].allSatisfy({ isDigit(text[$0]) })
        else { return false }
        let area = Array(text[0..<3])
        return area != Array("000".utf8) && area != Array("666".utf8) && area[0] != 0x39
    }

    /// 17 digits and a check digit, modulo 11 (GB 11643-1999).
    private static func isResidentID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == 18, text[..<17].allSatisfy(isDigit), isDigit(text[17]) || text[17] | 0x20 == 0x78 else {
            return false
        }
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(text[..<17], weights).reduce(0) { $0 + Int($1.0 - 0x30) * $1.1 }
        let year = text[6..<10].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (1900...2100).contains(year)
            && Array("10X98765432".utf8)[sum % 11] == (text[17] == 0x78 ? 0x58 : text[17])
    }
}
