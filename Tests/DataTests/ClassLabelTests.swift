import Testing

@testable import Data

struct ClassLabelTests {
    @Test(arguments: [
        ("True", "true"), ("TRUE", "true"), ("true", "true"), ("False", "false"), ("FALSE", "false"), ("1", "1"),
        ("1.0", "1"), ("1.", "1"), ("+1", "1"), ("-1.00", "-1"), ("-0.0", "0"), ("0.50", "0.5"), (".5", "0.5"),
        ("1.000000000000000000e+02", "100"), ("1e+16", "10000000000000000"), ("1E-05", "1e-05"),
        ("9007199254740993", "9007199254740993"), ("9007199254740993.0", "9007199254740993"),
        ("-123456789012345678901234567890", "-123456789012345678901234567890"),
    ])
    func `spellings of one value are one class`(text: String, class name: String) {
        #expect(ClassLabel.canonical(text) == name)
    }

    @Test(arguments: ["1e2", "12E5", "007", "-007", "00", "tRue", "yes", "", "-", "e5", "1.2.3", "nan", "inf", "0x10"])
    func `other texts stay as they are, codes that look like numbers among them`(text: String) {
        #expect(ClassLabel.canonical(text) == text)
    }

    @Test func `of two classes 1 is true, of several it is not`() {
        #expect(ClassLabel.areSame("True", "1.0", isBinary: true) && !ClassLabel.areSame("True", "0", isBinary: true))
        #expect(
            ClassLabel.areSame("True", "TRUE", isBinary: false) && !ClassLabel.areSame("True", "1", isBinary: false))
        #expect(!ClassLabel.areSame("yes", "Yes", isBinary: true))
    }
}
