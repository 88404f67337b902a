import Domain
import Testing

@testable import Data

struct HistogramTests {
    @Test func `agrees with NumPy`() throws {
        for item in try #require(try Reference.json("statistics.json")["histogram"]?.array) {
            let parts = (item.array ?? []).map { $0.array?.compactMap(\.double) ?? [] }
            let histogram = try #require(Histogram(of: SortedValues(of: parts[0]), bins: parts[2].count))
            #expect(histogram.edges == parts[1])
            #expect(histogram.counts.map(Double.init) == parts[2])
        }
    }

    @Test func `values that are all the same have one bin, no values none`() {
        #expect(Histogram(of: SortedValues(of: [2, 2, 2]), bins: 10)?.counts == [3])
        #expect(Histogram(of: SortedValues(of: []), bins: 10) == nil)
    }

    @Test(arguments: [
        [-1.7e308, 1.7e308, 0], [0, Double.leastNonzeroMagnitude], [1e300, 1e-300, -5],
        [1, 1.0.nextUp, 1.0.nextUp.nextUp],
    ])
    func `every value is in one bin, whatever its size`(values: [Double]) throws {
        let histogram = try #require(Histogram(of: SortedValues(of: values), bins: 7))
        #expect(histogram.counts.reduce(0, +) == values.count)
        #expect(histogram.edges.allSatisfy(\.isFinite) && histogram.edges.count == 8)
        #expect(histogram.edges == histogram.edges.sorted())
        // Only where there are too few doubles between the least and the greatest two edges are the same.
        let isNarrow = values.max()! - values.min()! < 1e-15
        #expect(isNarrow || Set(histogram.edges).count == 8, "\(histogram.edges)")
    }

    @Test func `a profile has the histogram of its numbers`() throws {
        let profile = try TableProfile(Array("x,t,e\n1,a,\n2,b,\n2,b,\n5,c,\n".utf8))
        let json = profile.json["columns"]
        #expect(json?["x"]?["histogram"]?["counts"] == [1, 0, 2, 0, 0, 0, 0, 0, 0, 1])
        #expect(json?["t"]?["histogram"] == nil && json?["e"]?["histogram"] == nil)
    }
}
