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
        ("please write to a@b.com today", .email), ("Ann B <a@b.com>", .email), ("mailto:a@b.com?subject=hi", .email),
        ("c@@d; a@b.com, e@f.org", .email), (#"{"from":{"mail":"a@b.com"},"n":1}"#, .email), ("a@b.com.", .email),
        ("jörg@müller.de", .email), ("ivan@почта.рф", .email), ("a@xn--mller-kva.xn--p1ai", .email),
        ("paid with 4111 1111 1111 1111 on 2026-11-21", .card), ("card:4111111111111111, thanks", .card),
        ("3782 822463 10005", .card), ("4111111111111111.0", .card), ("his number is 219-09-9999.", .socialSecurity),
        ("call +49 30 901820 or (555) 123-4567", .phone), ("phone: 212-555-0100!", .phone), ("(212)555-0100", .phone),
        ("send it to DE89 3704 0044 0532 0130 00 please", .iban), ("from 10.1.200.7, twice", .address),
        ("2001:db8::8a2e:370:7334", .address), ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", .address),
        ("peer fe80::1 is up", .address), ("身份证11010519491231002X。", .residentID),
        ("12345678Z", .nationalID), ("X1234567L", .nationalID), ("529.982.247-25", .nationalID),
        ("52998224725", .nationalID), ("2 55 08 14 168 025 38", .nationalID), ("AB123456C", .insurance),
        ("NI no. AB 123456 C, thanks", .insurance),
    ])
    func `personal data is told by its form`(text: String, expected: PersonalData) {
        #expect(kind(text) == expected)
    }

    @Test(arguments: [
        "", "hello", "a@b", "@example.com", "a@@example.com", "DE89370400440532013001", "4111111111111112",
        "1234567890",
        "2026-11-21", "3.14159265", "256.1.1.1", "000-12-3456", "110105194912310021", "cell-0003", "1e-10", "+12",
        "0000000000000000", "2026-11-21T10:00:00Z", "12:30:45.123456", "4006381333931", "1.2.3.4", "v10.200.1.4",
        "10.200.1.4.5", "123-456-7890", "123-456-78901", "550e8400-e29b-41d4-a716-446655440000", "aa:bb:cc:dd:ee:ff",
        "abc::def", "std::vector<int>::size", "a: b: c", "0.4111111111111111", "-4111111111111111",
        "id_4111111111111111",
        "9990105194912310025", "12345678901234567890", "@user1 and @user2", "DE89 3704 0044 0532 0130 01 x",
        "2 + 12345678", "12345678A", "X1234567A", "529.982.247-26", "111.111.111-11", "255081416802539", "AB123456E",
        "GB123456A", "DA123456A", "12345678Zx",
    ])
    func `what only looks like it is not`(text: String) {
        #expect(kind(text) == nil)
    }

    @Test func `every kind in a text is found, with its place`() {
        let text = Array("a@b.com, 4111-1111-1111-1111 and +49 30 901820".utf8)
        let hits = text.withUnsafeBufferPointer { PersonalDataSearch($0).hits }
        #expect(hits.map(\.kind) == [.email, .card, .phone])
        #expect(hits.map { String(decoding: text[$0.range], as: UTF8.self) }[1] == "4111-1111-1111-1111")
    }

    @Test(arguments: ["@", "a@", "1", "1-", "1.", "::", "1:", "+1", "(1", "DE12 ", "4111 ", "a@b."])
    func `the cost grows with the length alone`(part: String) {
        func cost(_ count: Int) -> Duration {
            let text = Array(String(repeating: part, count: count).utf8)
            return ContinuousClock().measure { _ = text.withUnsafeBufferPointer { PersonalDataSearch($0).hits.count } }
        }
        // A square would take minutes.
        #expect(cost(200_000 / part.utf8.count) < .seconds(5))
    }
}
