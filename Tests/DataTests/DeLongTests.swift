import Domain
import Testing

@testable import Data

struct DeLongTests {
    @Test func `agrees with the definition, ties included`() throws {
        let json = try #require(try Reference.json("statistics.json")["delong"])
        func numbers(_ key: String) -> [Double] { json[key]?.array?.compactMap(\.double) ?? [] }
        let test = try #require(
            DeLong.Difference(
                labels: numbers("labels").map { UInt8($0) }, first: numbers("first"), second: numbers("second")))
        let expected = try #require(json["expected"])
        #expect(Reference.near(test.first.auc, expected["first"]?.double ?? 0))
        #expect(Reference.near(test.first.standardError, expected["first_standard_error"]?.double ?? 0))
        #expect(Reference.near(test.difference, expected["difference"]?.double ?? 0))
        #expect(Reference.near(test.standardError, expected["standard_error"]?.double ?? 0))
        #expect(Reference.near(test.pValue ?? 0, expected["p_value"]?.double ?? 0, 1e-6))
    }

    @Test func `an interval is of the logit, so that it stays between 0 and 1`() throws {
        let json = try #require(try Reference.json("statistics.json")["delong"])
        func numbers(_ key: String) -> [Double] { json[key]?.array?.compactMap(\.double) ?? [] }
        let model = try #require(DeLong(labels: numbers("labels").map { UInt8($0) }, scores: numbers("first")))
        let interval = try #require(model.interval())
        #expect(Reference.near(interval.lower, json["expected"]?["first_low"]?.double ?? 0))
        #expect(Reference.near(interval.upper, json["expected"]?["first_high"]?.double ?? 0))
    }

    @Test func `needs two rows of each label`() {
        #expect(DeLong(labels: [1, 0, 0], scores: [0.1, 0.2, 0.3]) == nil)
        #expect(DeLong(labels: [1, 1, 0, 0], scores: [0.1, .nan, 0.3, 0.4]) == nil)
    }

    @Test func `a perfect ranking of few rows is not certain`() throws {
        let model = try #require(DeLong(labels: [1, 1, 1, 0, 0, 0, 0], scores: [7, 8, 9, 1, 2, 3, 4]))
        let interval = try #require(model.interval())
        #expect(model.auc == 1 && interval.upper == 1 && interval.lower < 0.6)
        let same = DeLong.Difference(labels: [1, 1, 0, 0], first: [1, 2, 3, 4], second: [2, 4, 6, 8])
        #expect(same?.difference == 0 && same?.z == nil && same?.pValue == nil)
    }
}
