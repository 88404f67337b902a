import Domain
import Testing

@testable import Data

struct NumPyRandomTests {
    @Test func `draws what NumPy draws`() throws {
        for member in try #require(try Reference.json("statistics.json")["integers"]?.members) {
            let parts = member.key.split(separator: " ").compactMap { UInt64($0) }
            var random = NumPyRandom(seed: parts[0])
            let drawn = member.value.array?.map { _ in Int(random.integer(below: UInt32(parts[1]))) }
            #expect(drawn == member.value.array?.compactMap(\.int), "\(member.key)")
        }
    }
}
