import Domain
import Testing

@testable import Data

struct AssociationTests {
    /// As SciPy has it (Reference/make_association_reference.py).
    @Test func `Pearson's r is SciPy's`() throws {
        let cases = try #require(try Reference.json("association.json")["numbers"]?.array)
        #expect(cases.count == 7)
        for one in cases {
            let (x, y) = (numbers(one["x"]), numbers(one["y"]))
            let r = Association.pearson(x, y)
            #expect(
                isNear(r, one["r"]?.double) && isNear(Association.pearson(y, x), r),
                "\(one["name"] ?? ""): \(r ?? .nan)")
        }
    }

    @Test func `Cramér's V is SciPy's`() throws {
        let cases = try #require(try Reference.json("association.json")["categories"]?.array)
        #expect(cases.count == 8)
        for one in cases {
            let (x, y) = (codes(one["x"]), codes(one["y"]))
            let v = Association.cramersV(x, y)
            #expect(
                isNear(v, one["v"]?.double) && isNear(Association.cramersV(y, x), v),
                "\(one["name"] ?? ""): \(v ?? .nan)")
        }
    }

    @Test func `too many categories have no table`() {
        let many = (0..<1001).map { Int32($0) }
        #expect(Association.cramersV(many, many) == nil)
        #expect(Association.cramersV(Array(many.dropLast()), Array(many.dropLast())) == 1)
        #expect(Association.cramersV([], []) == nil && Association.pearson([], []) == nil)
    }

    @Test func `numbers near the largest do not overflow`() {
        let r = Association.pearson([1e308, -1e308, 1.5e308, .infinity], [1, -1, 1.5, 2])
        #expect(isNear(r, 1))
    }

    private func numbers(_ json: JSON?) -> [Double] { (json?.array ?? []).map { $0.double ?? .nan } }
    private func codes(_ json: JSON?) -> [Int32] { (json?.array ?? []).map { Int32($0.int ?? -1) } }

    private func isNear(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) <= 1e-9
    }
}
