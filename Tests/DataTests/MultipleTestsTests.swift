import Domain
import Testing

@testable import Data

struct MultipleTestsTests {
    @Test(arguments: ["holm", "benjamini_hochberg", "benjamini_yekutieli"])
    func `adjusted p-values agree with statsmodels`(name: String) throws {
        let adjust = [
            "holm": MultipleTests.holm, "benjamini_hochberg": MultipleTests.benjaminiHochberg,
            "benjamini_yekutieli": MultipleTests.benjaminiYekutieli,
        ]
        for item in try #require(try Reference.json("statistics.json")[name]?.array) {
            let values = item.array?[0].array?.compactMap(\.double) ?? []
            let expected = item.array?[1].array?.compactMap(\.double) ?? []
            let adjusted = adjust[name]?(values) ?? []
            #expect(
                adjusted.count == expected.count && zip(adjusted, expected).allSatisfy { Reference.near($0, $1) },
                "\(adjusted)")
        }
        #expect(adjust[name]?([]) == [])
    }
}
