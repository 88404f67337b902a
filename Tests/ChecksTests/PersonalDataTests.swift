import Testing

@testable import Checks

@Suite struct PersonalDataTests {
    private func kind(_ text: String) -> PersonalData? {
        Array(text.utf8).withUnsafeBufferPointer { PersonalData.kind(of: $0) }
    }

    @Test(arguments: [
        ("ada@example.com", PersonalData.email), ("a.b+c@mail.example.co.uk", .email),
        ("DE89 3704 0044 0532 0130 00", .iban),
        ("GB82WEST12345698765432", .iban), ("4111 1111 1111 1111", .card), ("5500005555555559", .card),
        ("+49 30 901820", .phone), ("(555) 123-4567", .phone), ("555-123-4567", .phone), ("192.168.0.1", .address),
        ("219-09-9999", .socialSecurity), ("11010519491231002X", .residentID),
    ])
    func `personal data is told by its form`(text: String, expected: PersonalData) {
        #expect(kind(text) == expected)
    }

    @Test(arguments: [
        "", "hello", "a@b", "@example.com", "a@@example.com", "DE89370400440532013001", "4111111111111112",
        "1234567890",
        "2026-11-21", "3.14159265", "256.1.1.1", "000-12-3456", "110105194912310021", "cell-0003", "1e-10", "+12",
        "0000000000000000", "2026-11-21T10:00:00Z", "12:30:45.123456",
    ])
    func `what only looks like it is not`(text: String) {
        #expect(kind(text) == nil)
    }
}
