/// Finds personal data anywhere in a text, each kind once.
///
/// One walk; at each place no more than a few dozen bytes are looked at, so that the cost grows with the text's length alone.
struct PersonalDataSearch {
    /// Where the first of each kind stands.
    private(set) var hits: [(kind: PersonalData, range: Range<Int>)] = []
    /// The kinds of which the text has the form, whether or not it is one.
    private(set) var forms: [PersonalData] = []

    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        var ats = 0, digits = 0, colons = 0, dots = 0
        for byte in text {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x40: ats += 1
            case 0x3A: colons += 1
            case 0x2E: dots += 1
            default: break
            }
        }
        if ats > 0 { findEmails() }
        if colons > 1 { findLongAddresses() }
        if digits >= 6 || digits >= 4 && dots >= 3 { findNumbers() }
    }

    mutating func note(_ kind: PersonalData, _ range: Range<Int>, isHit: Bool = true) {
        if !forms.contains(kind) { forms.append(kind) }
        if isHit, !hits.contains(where: { $0.kind == kind }) { hits.append((kind, range)) }
    }

    // MARK: Bytes

    func digit(_ index: Int) -> Bool { text.indices.contains(index) && text[index] &- 0x30 < 10 }

    func isWord(_ index: Int) -> Bool {
        guard text.indices.contains(index) else { return false }
        return Self.isLetter(text[index]) || digit(index) || text[index] == 0x5F
    }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    func has(_ index: Int, in bytes: StaticString) -> Bool {
        text.indices.contains(index) && bytes.withUTF8Buffer { $0.contains(text[index]) }
    }

    /// Whether a number may start here: not inside a word, behind a sign, or as a part of another number.
    func startsNumber(_ index: Int) -> Bool {
        guard !isWord(index - 1) else { return false }
        if has(index - 1, in: "-") { return isWord(index - 2) && !digit(index - 2) }
        return !(has(index - 1, in: ".,/+") && digit(index - 2))
    }

    func endsNumber(_ index: Int) -> Bool {
        !isWord(index) && !(has(index, in: ".,-/") && digit(index + 1))
    }

    // MARK: E-mail

    private mutating func findEmails() {
        for at in text.indices where text[at] == 0x40 {
            var start = at, end = at + 1
            while start > 0, at - start < 64, Self.isName(text[start - 1]) { start -= 1 }
            while start < at, has(start, in: ".-+%") { start += 1 }
            while end < text.count, end - at < 254, Self.isHost(text[end]) { end += 1 }
            while end > at + 1, has(end - 1, in: ".-") { end -= 1 }
            if start < at, isDomain(text[(at + 1)..<end]) { return note(.email, start..<end) }
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte &- 0x30 < 10 || byte >= 0x80 || "._%+-".utf8.contains(byte)
    }

    /// Bytes of other alphabets belong to international domains.
    private static func isHost(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte &- 0x30 < 10 || byte >= 0x80 || byte == 0x2E || byte == 0x2D
    }

    private func isDomain(_ host: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard let dot = host.lastIndex(of: 0x2E), dot > host.startIndex, host.first != 0x2E else { return false }
        let top = host[(dot + 1)...]
        return top.count >= 2 && (top.allSatisfy { Self.isLetter($0) || $0 >= 0x80 } || top.starts(with: "xn--".utf8))
    }

    // MARK: Addresses of IP version 6

    private mutating func findLongAddresses() {
        let isPart = { (byte: UInt8) in byte &- 0x30 < 10 || (0x61...0x66).contains(byte | 0x20) || byte == 0x3A }
        var index = 0
        while index < text.count {
            guard isPart(text[index]) else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, isPart(text[index]) { index += 1 }
            guard index - start <= 40, !isWord(start - 1), !isWord(index) else { continue }
            // A colon may end the sentence's part before it.
            let end = text[index - 1] == 0x3A && index - start > 1 && text[index - 2] != 0x3A ? index - 1 : index
            if Self.isLongAddress(text[start..<end]) { return note(.address, start..<end) }
        }
    }

    /// Eight groups of up to four hexadecimal digits, or fewer around one `::` (RFC 4291); short words around it are none.
    private static func isLongAddress(_ token: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let groups = token.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.allSatisfy({ $0.count <= 4 }) else { return false }
        let empty = groups.indices.filter { groups[$0].isEmpty }
        let filled = groups.count - empty.count
        if empty.isEmpty { return filled == 8 }
        let isOneGap = zip(empty, empty.dropFirst()).allSatisfy { $1 == $0 + 1 }
        let allowed = (groups.first?.isEmpty == true || groups.last?.isEmpty == true) ? 2 : 1
        let first = groups.first { !$0.isEmpty }
        let isTelling = filled >= 3 || first.map { $0.count == 4 && $0.contains { $0 &- 0x30 < 10 } } ?? false
        return isOneGap && empty.count <= allowed && filled <= 7 && filled >= 2 && isTelling
    }
}

// MARK: - Numbers

extension PersonalDataSearch {
    /// Groups of digits with one byte between them.
    private struct Groups {
        var starts: [Int] = []
        var counts: [Int] = []
        var separators: [UInt8] = []

        func begins(with wanted: [Int], apart separator: UInt8?) -> Bool {
            counts.count >= wanted.count && counts.prefix(wanted.count).elementsEqual(wanted)
                && separators.prefix(wanted.count - 1).allSatisfy { $0 == separator ?? separators[0] }
        }

        func end(of count: Int) -> Int { starts[count - 1] + counts[count - 1] }
    }

    private mutating func findNumbers() {
        while position < text.count {
            let byte = text[position]
            if byte == 0x2B || byte == 0x28 {
                if !isWord(position - 1) { findPhone() }
            } else if byte &- 0x30 < 10 {
                if startsNumber(position) { findNumber() }
            } else if Self.isLetter(byte), !isWord(position - 1) {
                if digit(position + 2), digit(position + 3) { findAccount() }
                findLetteredID()
            }
            position += 1
        }
    }

    private func groups() -> Groups {
        var groups = Groups(), index = position
        while groups.counts.count < 5 {
            let start = index
            while digit(index), index - start < 20 { index += 1 }
            groups.starts.append(start)
            groups.counts.append(index - start)
            guard !digit(index), has(index, in: " -."), digit(index + 1), groups.counts.count < 5 else { break }
            groups.separators.append(text[index])
            index += 1
        }
        return groups
    }

    private mutating func findNumber() {
        let groups = groups()
        let start = position
        if groups.begins(with: [3, 2, 4], apart: 0x2D), endsNumber(groups.end(of: 3)) {
            if isSocialSecurity(start) { note(.socialSecurity, start..<groups.end(of: 3)) }
        } else if groups.begins(with: [3, 3, 4], apart: 0x2D), endsNumber(groups.end(of: 3)) {
            note(.phone, start..<groups.end(of: 3), isHit: text[start] > 0x31)
        } else if groups.counts.count >= 4, groups.separators.prefix(3).allSatisfy({ $0 == 0x2E }) {
            findAddress(groups)
        } else {
            findCard(groups)
            findResident(groups)
            findNumberedID()
        }
    }

    /// A first digit that is no 0 in the area, which is none of 666 and 900 to 999.
    private func isSocialSecurity(_ start: Int) -> Bool {
        let area = (0..<3).reduce(0) { $0 * 10 + Int(text[start + $1] - 0x30) }
        return area != 0 && area != 666 && area < 900
    }

    /// Four numbers below 32 are more often a version.
    private mutating func findAddress(_ groups: Groups) {
        let parts = (0..<4).map { part in
            groups.counts[part] > 3
                ? 999 : (0..<groups.counts[part]).reduce(0) { $0 * 10 + Int(text[groups.starts[part] + $1] - 0x30) }
        }
        guard parts.allSatisfy({ $0 < 256 }), endsNumber(groups.end(of: 4)) else { return }
        note(.address, position..<groups.end(of: 4), isHit: parts.contains { $0 > 31 })
    }

    /// A number of an issuer's length and prefix with Luhn's check digit (ISO 7812), in groups perhaps as cards have them.
    private mutating func findCard(_ groups: Groups) {
        var count = 1
        if !(14...19).contains(groups.counts[0]) {
            let layouts = [[4, 4, 4, 4], [4, 6, 5], [4, 6, 4]]
            guard let layout = layouts.first(where: { groups.begins(with: $0, apart: nil) }),
                groups.separators[0] != 0x2E, groups.counts.count == layout.count || groups.counts[layout.count] != 4
            else { return }
            count = layout.count
        }
        let end = groups.end(of: count)
        let isFloat = has(end, in: ".") && has(end + 1, in: "0") && !isWord(end + 2)
        let isEnd = endsNumber(end) || isFloat || has(end, in: " ")
        let digits = text[position..<end].filter { $0 &- 0x30 < 10 }.map { Int($0 - 0x30) }
        guard isEnd, Self.isIssued(digits) else { return }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = digit * (index % 2 == 1 ? 2 : 1)
            sum += value > 9 ? value - 9 : value
        }
        note(.card, position..<end, isHit: sum % 10 == 0)
    }

    /// Visa, Mastercard, American Express, Discover, Diners Club, JCB and UnionPay with the lengths that they issue.
    private static func isIssued(_ digits: [Int]) -> Bool {
        guard Set(digits).count > 1 else { return false }
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
        switch digits.count {
        case 14: return (3000...3059).contains(prefix) || [36, 38].contains(prefix / 100)
        case 15: return [34, 37].contains(prefix / 100)
        case 16...19:
            let isMastercard = (5100...5599).contains(prefix) || (2221...2720).contains(prefix)
            if isMastercard { return digits.count == 16 }
            if prefix / 1000 == 4 { return digits.count == 16 || digits.count == 19 }
            return prefix == 6011 || (6440...6599).contains(prefix) || (3528...3589).contains(prefix)
                || prefix / 100 == 62
        default: return false
        }
    }

    /// 17 digits, among them a day of birth, and a check digit modulo 11 (GB 11643-1999).
    private mutating func findResident(_ groups: Groups) {
        let start = position
        let isLettered = groups.counts[0] == 17 && has(start + 17, in: "Xx")
        guard groups.counts[0] == 18 || isLettered, endsNumber(start + 18) else { return }
        let digits = (0..<17).map { Int(text[start + $0] - 0x30) }
        let year = digits[6..<10].reduce(0) { $0 * 10 + $1 }
        let month = digits[10] * 10 + digits[11], day = digits[12] * 10 + digits[13]
        guard (1900...2100).contains(year), (1...12).contains(month), (1...31).contains(day) else { return }
        let sum = zip(digits, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]).reduce(0) { $0 + $1.0 * $1.1 }
        let check = Array("10X98765432".utf8)[sum % 11]
        note(.residentID, start..<start + 18, isHit: check == (isLettered ? 0x58 : text[start + 17]))
    }

    /// With a plus (E.164), or an area in brackets; bare digits are too often something else.
    private mutating func findPhone() {
        let start = position
        if text[start] == 0x28 {
            let digits = [1, 2, 3, 6, 7, 8, 10, 11, 12, 13].map { $0 + start }
            // Without the space after the bracket all that follows stands one place earlier.
            let gap = has(start + 5, in: " ") ? 0 : 1
            guard has(start + 4, in: ")"), digits.allSatisfy({ digit($0 < start + 5 ? $0 : $0 - gap) }),
                has(start + 9 - gap, in: "-"), endsNumber(start + 14 - gap)
            else { return }
            return note(.phone, start..<start + 14 - gap)
        }
        var index = start + 1, count = 0, end: Int?
        guard digit(index), text[index] != 0x30 else { return }
        while index < text.count, index - start < 30, digit(index) || has(index, in: " -()./") {
            if digit(index) {
                count += 1
                if !digit(index + 1), (8...15).contains(count) { end = index + 1 }
            }
            index += 1
        }
        if let end, !isWord(end) { note(.phone, start..<end) }
    }

    /// Two letters for the country, two check digits, and as many letters and digits as it has; modulo 97 is 1 (ISO 13616).
    private mutating func findAccount() {
        let country = String(decoding: text[position..<position + 2], as: UTF8.self).uppercased()
        guard let length = Self.accountLengths[country] else { return }
        var index = position, count = 0, head = 0, rest = 0
        while index < text.count, count < length {
            let byte = text[index]
            if byte == 0x20 {
                guard text[index - 1] != 0x20 else { return }
            } else if digit(index) || Self.isLetter(byte) {
                let value = digit(index) ? Int(byte - 0x30) : Int((byte | 0x20) - 0x61) + 10
                // The first four come last.
                if count < 4 {
                    head = (head * (value > 9 ? 100 : 10) + value)
                } else {
                    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
                }
                count += 1
            } else {
                return
            }
            index += 1
        }
        guard count == length, !isWord(index), (rest * 1_000_000 + head) % 97 == 1 else { return }
        note(.iban, position..<index)
        position = index - 1
    }

    /// The registry of ISO 13616.
    private static let accountLengths: [String: Int] = {
        let registry = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 \
            ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 \
            LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 \
            PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 \
            YE30
            """
        return Dictionary(
            uniqueKeysWithValues: registry.split(separator: " ").map {
                (String($0.prefix(2)), Int($0.dropFirst(2)) ?? 0)
            })
    }()
}
