/// Numbers that countries give to people, by their form and check digits.
extension PersonalDataSearch {
    private static let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)

    /// At a digit: Spain's DNI, Brazil's CPF and France's NIR.
    mutating func findNumberedID() {
        let start = position
        if let (digits, end) = number(8, from: start), end == start + 8, isCapital(end), !isWord(end + 1) {
            note(.nationalID, start..<end + 1, isHit: text[end] == Self.letter(of: digits))
        } else if let (digits, end) = number(11, from: start), endsNumber(end), Set(digits).count > 1 {
            note(.nationalID, start..<end, isHit: Self.isCPF(digits))
        } else if let (digits, end) = number(15, from: start), endsNumber(end), digits[0] == 1 || digits[0] == 2 {
            note(.nationalID, start..<end, isHit: Self.isNIR(digits))
        }
    }

    /// At a letter: Spain's NIE and the United Kingdom's national insurance number, which has no check digit.
    mutating func findLetteredID() {
        let start = position
        if let place = Array("XYZ".utf8).firstIndex(of: text[start]), let (digits, end) = number(7, from: start + 1),
            end == start + 8, isCapital(end), !isWord(end + 1)
        {
            note(.nationalID, start..<end + 1, isHit: text[end] == Self.letter(of: [place] + digits))
        } else if isCapital(start), isCapital(start + 1) {
            let first = has(start + 2, in: " ") ? start + 3 : start + 2
            guard let (_, end) = number(6, from: first) else { return }
            let last = has(end, in: " ") ? end + 1 : end
            guard isCapital(last), !isWord(last + 1) else { return }
            note(.insurance, start..<last + 1, isHit: has(last, in: "ABCD") && isInsured(start))
        }
    }

    private func isCapital(_ index: Int) -> Bool { text.indices.contains(index) && (0x41...0x5A).contains(text[index]) }

    /// So many digits, between two of which may stand a space, a point or a dash.
    private func number(_ count: Int, from start: Int) -> (digits: [Int], end: Int)? {
        var digits: [Int] = [], index = start
        while digits.count < count {
            if digit(index) {
                digits.append(Int(text[index] - 0x30))
            } else if digits.isEmpty || !has(index, in: " .-") || !digit(index + 1) {
                return nil
            }
            index += 1
        }
        return digit(index) ? nil : (digits, index)
    }

    /// Real Decreto 1553/2005, article 11: the rest by 23.
    private static func letter(of digits: [Int]) -> UInt8 { letters[digits.reduce(0) { $0 * 10 + $1 } % 23] }

    /// Two check digits modulo 11 (Receita Federal).
    private static func isCPF(_ digits: [Int]) -> Bool {
        [9, 10].allSatisfy { place in
            let sum = (0..<place).reduce(0) { $0 + digits[$1] * (place + 1 - $1) }
            return sum * 10 % 11 % 10 == digits[place]
        }
    }

    /// A sex, a month and a key: 97 less the rest by 97 of the thirteen digits before (INSEE).
    private static func isNIR(_ digits: [Int]) -> Bool {
        let month = digits[3] * 10 + digits[4], body = digits[..<13].reduce(0) { $0 * 10 + $1 }
        return (1...12).contains(month) && 97 - body % 97 == digits[13] * 10 + digits[14]
    }

    /// The first letters that are given (NIM39110 of HM Revenue & Customs).
    private func isInsured(_ start: Int) -> Bool {
        let (first, second) = (text[start], text[start + 1])
        let pairs = ["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].map { Array($0.utf8) }
        return !"DFIQUV".utf8.contains(first) && !"DFIQUVO".utf8.contains(second) && !pairs.contains([first, second])
    }
}
