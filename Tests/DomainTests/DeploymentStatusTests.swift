import Domain
import Testing

struct DeploymentStatusTests {
    private func version(_ number: Int) -> ObjectID { ObjectID(high: UInt64(number), middle: 1, low: 1) }

    @Test func `earlier versions are those that ran well, and nobody took back`() {
        let start = Timestamp(seconds: 1000)
        var status = DeploymentStatus(since: start)
        status.verified = (1...20).map { .init(pin: Pin(revision: version($0)), commit: nil, at: start) }
        #expect(status.earlier(besides: []) == (1...Subject.mostEarlier).map(version))
        status.rejected = [.init(revision: version(3), tree: nil, by: .zero, at: start, cause: "leak")]
        #expect(Array(status.earlier(besides: [version(1), nil]).prefix(3)) == [2, 4, 5].map(version))
    }
}
