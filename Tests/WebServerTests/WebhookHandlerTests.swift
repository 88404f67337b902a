import Domain
import Synchronization
import Testing

@testable import WebServer

struct WebhookHandlerTests {
    /// Counts wakes, at a moment that the test sets.
    final class Waker: Sendable {
        private let count = Mutex(0)
        private let isHome = Mutex(true)
        var wakes: Int { count.withLock { $0 } }
        func wake() -> Bool {
            count.withLock { $0 += 1 }
            return isHome.withLock { $0 }
        }
        func answer(_ new: Bool) { isHome.withLock { $0 = new } }
    }

    private let waker = Waker()

    private func handler(_ secrets: [String: String], now: Int64 = 1_614_265_330) -> WebhookHandler {
        let waker = waker
        return WebhookHandler(secret: { secrets[$0] }, now: { Timestamp(seconds: now) }, wake: { waker.wake() })
    }

    private func delivery(_ headers: [String: String], _ body: String = "{}") -> WebhookRequest {
        WebhookRequest(headers: headers, body: Array(body.utf8))
    }

    private func code(_ body: String, _ secret: String) -> String {
        HMAC.sha256(of: Array(body.utf8), key: Array(secret.utf8)).digits
    }

    /// The example of GitHub's "Validating webhook deliveries".
    @Test func `takes the signature that GitHub published`() {
        let handler = handler(["github": "It's a Secret to Everybody"])
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        var headers = ["x-github-event": "push", "x-hub-signature-256": signature, "x-github-delivery": "1"]
        #expect(handler.take("/webhooks/github", delivery(headers, "Hello, World!")).status == 202)
        #expect(waker.wakes == 1)
        #expect(handler.take("/webhooks/github", delivery(headers, "Hello, World?")).status == 401)
        for wrong in ["", "sha256=", signature.uppercased(), "sha1=" + signature.dropFirst(7), signature + "00"] {
            headers["x-hub-signature-256"] = wrong
            #expect(handler.take("/webhooks/github", delivery(headers, "Hello, World!")).status == 401, "\(wrong)")
        }
        #expect(waker.wakes == 1)
    }

    /// The example of "Standard Webhooks", from its own libraries' tests.
    @Test func `takes the signature that Standard Webhooks published`() {
        let headers = [
            "x-gitlab-event": "Push Hook", "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ]
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body = #"{"test": 2432232314}"#
        func status(at now: Int64, _ more: [String: String?] = [:], secret: String = secret) -> Int {
            var headers = headers
            for (name, value) in more { headers[name] = value }
            return handler(["gitlab": secret], now: now).take("/webhooks/gitlab", delivery(headers, body)).status
        }
        #expect(status(at: 1_614_265_330) == 202 && waker.wakes == 1)
        #expect(status(at: 1_614_265_330 + 301) == 401 && status(at: 1_614_265_330 - 301) == 401, "too old, too early")
        #expect(status(at: 1_614_265_330, ["webhook-id": "msg_other"]) == 401)
        #expect(status(at: 1_614_265_330, ["webhook-signature": "v1a,xyz"]) == 401)
        let weak: [String: String?] = ["webhook-signature": nil as String?, "x-gitlab-token": secret]
        #expect(status(at: 1_614_265_330, weak) == 401, "the weaker way is not open beside it")
    }

    @Test func `takes GitLab's token`() {
        let handler = handler(["gitlab": "s3cret"])
        func status(_ token: String, _ body: String) -> Int {
            handler.take(
                "/webhooks/gitlab", delivery(["x-gitlab-event": "Merge Request Hook", "x-gitlab-token": token], body)
            ).status
        }
        #expect(status("s3cret", "1") == 202 && waker.wakes == 1)
        let pipeline = delivery(["x-gitlab-event": "Pipeline Hook", "x-gitlab-token": "s3cret"], "5")
        #expect(handler.take("/webhooks/gitlab", pipeline).status == 202 && waker.wakes == 2, "statuses go into it")
        #expect(
            status("s3cre", "2") == 401 && status("s3crey", "3") == 401 && status("", "4") == 401 && waker.wakes == 2)
    }

    @Test func `Gitea's own headers decide, though it sends GitHub's too`() {
        let handler = handler(["gitea": "g", "github": "g", "forgejo": "g"])
        let headers = [
            "x-gitea-event": "pull_request_approved", "x-gitea-delivery": "7", "x-gitea-signature": code("{}", "g"),
            "x-github-event": "pull_request_review", "x-github-delivery": "7",
            "x-hub-signature-256": "sha256=" + code("{}", "g"),
        ]
        #expect(handler.take("/webhooks/github", delivery(headers)).status == 400 && waker.wakes == 0)
        #expect(handler.take("/webhooks/gitea", delivery(headers)).status == 202 && waker.wakes == 1)
        let forgejo = ["x-forgejo-event": "push", "x-forgejo-signature": code("{}", "g"), "x-gitea-event": "push"]
        #expect(handler.take("/webhooks/forgejo", delivery(forgejo)).status == 202 && waker.wakes == 2)
        #expect(
            handler.take("/webhooks/gitea", delivery(forgejo.filter { !$0.key.hasSuffix("signature") })).status == 401)
    }

    @Test func `a replay wakes nobody, whatever id it is given`() {
        let handler = handler(["github": "g"])
        func take(_ id: String, _ body: String) -> Int {
            let headers = [
                "x-github-event": "push", "x-github-delivery": id, "x-hub-signature-256": "sha256=" + code(body, "g"),
            ]
            return handler.take("/webhooks/github", delivery(headers, body)).status
        }
        #expect([take("1", "a"), take("1", "a"), take("2", "a"), take("1", "b")] == [202, 202, 202, 202])
        #expect(waker.wakes == 1)
        #expect(take("3", "c") == 202 && waker.wakes == 2)
    }

    @Test func `events that change nothing wake nobody`() {
        let handler = handler(["github": "g"])
        for event in ["ping", "star", "no-such-event"] {
            let headers = ["x-github-event": event, "x-hub-signature-256": "sha256=" + code(event, "g")]
            #expect(handler.take("/webhooks/github", delivery(headers, event)).status == 202)
        }
        #expect(waker.wakes == 0)
        #expect(
            handler.take("/webhooks/github", delivery(["x-hub-signature-256": "sha256=" + code("{}", "g")])).status
                == 400)
    }

    @Test func `a forge without a secret is not there`() {
        let handler = handler(["github": "g"])
        #expect(handler.take("/webhooks/gitlab", delivery([:])).status == 404)
        #expect(
            handler.take("/webhooks/bitbucket", delivery([:])).status == 404
                && handler.take("/", delivery([:])).status == 404
        )
        let signed = ["x-hub-signature-256": "sha256=00"]
        #expect(handler.early("GET", "/webhooks/github", length: nil, signed)?.status == 405)
        #expect(handler.early("POST", "/webhooks/gitlab", length: 1, signed)?.status == 404)
        #expect(handler.early("POST", "/webhooks/github", length: 1 << 21, signed)?.status == 413)
        #expect(handler.early("POST", "/webhooks/github", length: 5, signed) == nil)
    }

    @Test(arguments: [
        ("github", "x-hub-signature-256"), ("gitea", "x-gitea-signature"), ("forgejo", "x-gitea-signature"),
        ("gitlab", "x-gitlab-token"), ("gitlab", "webhook-signature"),
    ])
    func `who does not sign is turned away before the body`(forge: String, header: String) {
        let handler = handler([forge: "g"])
        #expect(handler.early("POST", "/webhooks/\(forge)", length: 5, [header: "x"]) == nil)
        let answer = handler.early("POST", "/webhooks/\(forge)", length: 5, ["x-hub-signature": "x"])
        #expect(answer?.status == 401)
        #expect(answer?.text.contains(header) == true)
    }

    @Test(arguments: [
        ("/webhooks/github?x=1", "/webhooks/github"), ("http://a.example/webhooks/github?x", "/webhooks/github"),
        ("HTTPS://a.example:8443/healthz", "/healthz"), ("http://a.example", "/"), ("http://a.example?/healthz", "/"),
        ("*", "*"), ("/http://a/healthz", "/http://a/healthz"),
    ])
    func `a target may name its host`(target: String, path: String) {
        #expect(Reception.path(ofTarget: target) == path)
    }

    @Test func `remembers no more than its limit`() {
        let memory = DeliveryMemory(limit: 3)
        #expect(["a", "b", "c"].allSatisfy { memory.isNew([$0]) })
        #expect(!memory.isNew(["a"]) && memory.isNew(["d"]) && memory.isNew(["a"]) && !memory.isNew(["d"]))
    }

    @Test func `where no controller listens that is the answer, and the same delivery may come again`() {
        let handler = handler(["github": "g"])
        let headers = [
            "x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": "sha256=" + code("{}", "g"),
        ]
        waker.answer(false)
        let answer = handler.take("/webhooks/github", delivery(headers))
        #expect(answer.status == 503 && answer.text.hasPrefix("no controller listens"))
        waker.answer(true)
        #expect(handler.take("/webhooks/github", delivery(headers)) == .init(status: 202, text: "looking"))
        #expect(handler.take("/webhooks/github", delivery(headers)) == .init(status: 202, text: "this came before"))
        #expect(waker.wakes == 2)
    }
}
