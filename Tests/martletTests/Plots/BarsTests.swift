import Testing

@testable import martlet

struct BarsTests {
    @Test func `a spark is as high as its share of the greatest, and nothing is blank`() {
        #expect(Bars.spark([0, 1, 4, 8]) == " ▂▅█")
        #expect(Bars.spark([1, 1_000_000]) == "▁█")
        #expect(Bars.spark([5]) == "█")
        #expect(Bars.spark([0, 0]) == "  " && Bars.spark([]) == "")
        #expect(Bars.spark([4], greatest: 8) == "▅")
    }

    @Test func `a bar is exact to an eighth of a character, and shows whatever is above nothing`() {
        #expect(Bars.bar(0.5, width: 4) == "██" && Bars.bar(1, width: 3) == "███")
        #expect(Bars.bar(0.3, width: 4) == "█▎" && Bars.bar(1e-9, width: 4) == "▏")
        #expect(Bars.bar(0, width: 4) == "" && Bars.bar(.nan, width: 4) == "" && Bars.bar(7, width: 2) == "██")
    }

    @Test func `an effect is full at twice its threshold, which is marked`() {
        #expect(Bars.effect(0, threshold: 0.1, width: 6) == "   ┊  ")
        #expect(Bars.effect(0.1, threshold: 0.1, width: 6) == "███┊  ")
        #expect(Bars.effect(9, threshold: 0.1, width: 6) == "██████")
        #expect(
            Bars.effect(.nan, threshold: 0.1, width: 6) == ""
                && Bars.effect(.infinity, threshold: 0.1, width: 2) == "██")
    }
}
