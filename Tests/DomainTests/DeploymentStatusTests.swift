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

    @Test func `what is written down of targets and health is read again, and need not be there`() {
        var status = DeploymentStatus(state: .verifying, since: Timestamp(seconds: 1000))
        #expect(DeploymentStatus(json: status.json) == status)
        let settings: JSON = ["path": "/srv/1", "keep": 3, "layout": "triton", "alwaysRead": true, "x": ["1", 2.5]]
        let target = TargetRecord(PluginSettings(kind: "directory", settings: ManifestTree(settings)))
        status.target = target
        status.left = [Leftover(target: target, place: "/srv/0/tumor")]
        (status.healthySince, status.lastWell) = (Timestamp(seconds: 1001), Timestamp(seconds: 1002))
        #expect(DeploymentStatus(json: status.json) == status)
        #expect(TargetRecord(target.plugin) == target)
        let few = JSON.object((status.json.members ?? []).filter { $0.key != "left" }.map { ($0.key, $0.value) })
        #expect(DeploymentStatus(json: few)?.left == [])
        #expect(status.entering(.verified, at: Timestamp(seconds: 1003), "well").lastWell == nil)
    }

    @Test(arguments: [.unclear, .alarm(monitor: "drift"), .doubt(monitor: "drift")] as [DeploymentStatus.Cause])
    func `what a reason is about is written down beside its words, and goes with them`(cause: DeploymentStatus.Cause) {
        let start = Timestamp(seconds: 1000)
        let status = DeploymentStatus(since: start).entering(
            .verified, at: start, "monitor drift cannot tell: ?", cause)
        #expect(status.cause == cause && DeploymentStatus(json: status.json) == status)
        #expect(status.entering(.verified, at: start, "monitor drift cannot tell: ?").cause == nil)
    }
}
