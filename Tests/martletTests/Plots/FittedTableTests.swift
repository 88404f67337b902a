import Testing

@testable import martlet

struct FittedTableTests {
    private let table = FittedTable(
        [["NAME", "a", "b", "SHAPE"], ["one", "1234567", "1", "▁█"], ["two", "2", "22", "██"]], dropFirst: [1, 2])

    @Test func `all of it where there is no limit, or room`() {
        let whole = "NAME  a        b   SHAPE\none   1234567  1   ▁█\ntwo   2        22  ██"
        #expect(table.text(width: nil) == whole)
        #expect(table.text(width: 24) == whole)
    }

    @Test func `the least important columns go first, and are named`() {
        #expect(
            table.text(width: 23) == """
                NAME  b   SHAPE
                one   1   ▁█
                two   22  ██
                left out on this narrow screen: a
                """)
        #expect(table.text(width: 12).hasPrefix("NAME  SHAPE\n") && table.text(width: 12).hasSuffix("a, b"))
        #expect(table.text(width: 1).hasPrefix("NAME\n"))
        #expect(FittedTable([]).text(width: 5) == "")
    }

    @Test func `a long name is shortened before columns go`() {
        let name = String(repeating: "x", count: 64)
        let table = FittedTable([["NAME", "VERDICT", "b"], [name, "drifted", "1"]], dropFirst: [2])
        #expect(table.text(width: nil).contains(name))
        #expect(table.text(width: 70).hasSuffix("\n\(String(repeating: "x", count: 22))…  drifted  1"))
    }

    @Test func `wide characters are lined up`() {
        let text = FittedTable([["NAME", "b"], ["国名", "1"], ["한국x", "2"], ["😀é", "3"], ["abcd", "4"]]).text(width: nil)
        #expect(text == "NAME   b\n国名   1\n한국x  2\n😀é    3\nabcd   4")
        #expect(ScreenWidth.shortened("国名国名", to: 6) == "国名…" && ScreenWidth.of("国名…") == 5)
    }

    @Test func `a cell cannot begin a line of its own`() {
        let text = FittedTable([["NAME", "b"], ["x\npass  all\u{1B}[2J\u{202E}", "1"]]).text(width: nil)
        #expect(text.split(separator: "\n").count == 2 && !text.contains("\u{1B}") && !text.contains("\u{202E}"))
    }
}
