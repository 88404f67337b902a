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
}
