import Data
import Testing

@testable import martlet

struct ProfileTextTests {
    private let table = Array("age,answer\n20,yes\n30,no\n30,yes\n60,yes\n".utf8)

    @Test func `one line a column, with its shape`() throws {
        let lines = try ProfileText.text(TableProfile(table), width: nil).split(separator: "\n")
        #expect(lines[0].hasPrefix("COLUMN  rows  nulls") && lines[0].hasSuffix("SHAPE"))
        #expect(lines[1].hasSuffix("▅   █          ▅"), "\(lines[1])")
        #expect(lines[2].hasSuffix("yes 75 %, no 25 %"))
    }

    @Test func `a histogram where it is asked for`() throws {
        let text = try ProfileText.text(TableProfile(table), histograms: ["answer"], width: 40)
        #expect(text.contains("\nanswer\n  yes  3  ██████████"), "\(text)")
        let refusal = #expect(throws: WrongUse.self) {
            try ProfileText.text(TableProfile(table), histograms: ["anser"], width: 40)
        }
        #expect(refusal?.message == "the table has no column 'anser'; did you mean 'answer'?")
    }
}
