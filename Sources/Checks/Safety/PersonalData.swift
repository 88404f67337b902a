/// Kinds of personal data that show in the form of a text. Those with check digits are hardly ever met by chance.
enum PersonalData: String, CaseIterable {
    case email = "e-mail addresses"
    case phone = "phone numbers"
    case iban = "bank accounts (IBAN)"
    case card = "payment cards"
    case address = "IP addresses"
    case socialSecurity = "US social security numbers"
    case residentID = "Chinese resident ids"
    case nationalID = "national ids (Brazil, France, Spain)"
    case insurance = "UK national insurance numbers"

    var hasCheckDigit: Bool { [.iban, .card, .residentID, .nationalID].contains(self) }

    /// What is looked for, for people.
    static var listed: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The share of values of the same form in a column that must be of the kind, so that the column is not something else.
    ///
    /// One number in ten has the check digit of a card by chance, one in eleven that of a resident id, one in a hundred or 23 that of others; of the numbers of four
    /// parts in a column of versions some could be addresses, and most groups of 3, 3 and 4 digits could be phone numbers.
    var leastShare: Double {
        switch self {
        case .card, .residentID, .nationalID, .address: 0.5
        case .phone, .insurance: 0.9
        case .email, .iban, .socialSecurity: 0
        }
    }

    /// The first that is found in the text.
    static func kind(of text: UnsafeBufferPointer<UInt8>) -> PersonalData? { PersonalDataSearch(text).hits.first?.kind }
}
