import Testing

@testable import Checks

@Suite struct BriefNumberTests {
    @Test(arguments: [
        (4.721e-27, "4.721e-27"), (4.72149e-27, "4.721e-27"), (-4.72151e-27, "-4.722e-27"), (9.9996e-5, "0.0001"),
        (0.00123449, "0.001234"), (0.00999951, "0.01"), (0, "0"), (1.5, "1.5"), (0.57, "0.57"),
        (2, "2"),
    ])
    func `small numbers have four digits, and no more of them by rounding`(number: Double, text: String) {
        #expect(number.brief == text)
    }

    @Test func `no exponent leaves digits behind`() {
        for exponent in 3...290 {
            for digits in ["1.234", "4.721", "9.999"] {
                let text = Double("\(digits)e-\(exponent)")?.brief ?? ""
                #expect(text.count { $0.isNumber } <= max(4 + String(exponent).count, 4 + exponent), "\(text)")
                #expect(exponent < 5 || text == "\(digits)e-\(exponent < 10 ? "0" : "")\(exponent)", "\(text)")
            }
        }
    }
}
