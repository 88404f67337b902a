import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// Passes when the owners were told of the lock file as it is now.
struct ToldCheck: Check {
    static let id = "test.told"
    static let summary = "looks at what the real check of dependencies looks at"
    static let looksAt: Set<CheckInput> = [.deployed, .notices]

    init(_ fields: Fields) throws(FieldErrors) {}

    func run(on subject: Subject) async throws -> Outcome {
        guard subject.deployed != nil else { return Outcome(.pass, "nothing runs") }
        let tree = subject.version.tree
        let blob = try await subject.tools.store.read { try $0.entry(at: "requirements.txt", in: tree)?.id }
        let record = try await subject.tools.dependencies(subject.version.model)
        let change = record?.changes.first { $0.path == "requirements.txt" && $0.blob == blob }
        return Outcome(change?.told.isEmpty == false ? .pass : .fail, "\(String(describing: change))")
    }
}

struct DependencyNoticeTests {
    private static let only: @Sendable (Inbox) -> [String] = { inbox in
        ["kind: webhook, url: \"\(inbox.url("a"))\", timeout: 1s, on: [dependency-changed]"]
    }

    private func model(_ data: String) -> String {
        Stage.model("tumor") + "  owners: [lab]\n  training: {data: [\(data)]}\n"
    }

    private func dataset(_ digest: Character) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Dataset
        metadata: {name: train}
        spec: {path: train.csv, sha256: \(String(repeating: digest, count: 64))}

        """
    }

    /// A new version of the model with these files beside the usual ones.
    private func push(_ scene: NoticeStage, score: Double, _ files: [String: String] = [:]) throws -> ObjectID {
        let usual = [
            "models/tumor/model.yaml": model("train"), "models/tumor/score.txt": "\(score)\n",
            "models/tumor/model.bin": "weights of \(score)\n",
        ]
        return try scene.stage.commit(usual.merging(files) { $1 }, message: "tumor \(score)")
    }

    private func changes(_ scene: NoticeStage) throws -> [JSON] {
        let text = try git("show", "refs/martlet/notices:dependencies/tumor.json", in: scene.stage.repository.origin)
        return try JSON(parsing: Array(text.utf8))["changes"]?.array ?? []
    }

    @Test func `a dataset, a lock file, the schema and the licence are told with the owners, other files are not`()
        async throws
    {
        try await withNoticeSender([.dev], Self.only) { scene in
            _ = try push(
                scene, score: 0.8, ["data/train.yaml": dataset("a"), "models/tumor/requirements.txt": "a==1\n"])
            try await scene.settle()
            #expect(try scene.inbox.taken().isEmpty, "a first version has nothing to change from")
            _ = try push(scene, score: 0.85)
            try await scene.settle()
            #expect(try scene.inbox.taken().isEmpty)
            let second = try push(
                scene, score: 0.9, ["data/train.yaml": dataset("b"), "models/tumor/requirements.txt": "a==2\n"])
            try await scene.settle()
            let notice = try #require(try scene.inbox.taken().first)
            #expect(try scene.inbox.taken().count == 1)
            #expect(
                notice["headline"]?.string
                    == "tumor depends on what has changed: requirements.txt, train (\(second.short))")
            #expect(notice["owners"] == ["lab"] && notice["hint"] == "martlet history tumor")
            let licence = try push(scene, score: 0.9, ["models/tumor/LICENSE": "free"])
            try await scene.settle()
            #expect(
                try scene.inbox.taken().last?["headline"]?.string
                    == "tumor depends on what has changed: LICENSE (\(licence.short))")
            #expect(try changes(scene).allSatisfy { $0["told"]?["webhook"]?.string != nil })
            scene.restart()
            try await scene.settle()
            #expect(try scene.inbox.taken().count == 2)
        }
    }

    @Test func `a gate opens when the owners were told, and not before`() async throws {
        let gate = "checks: [{check: test.told}]"
        try await withNoticeSender(
            [.dev], Self.only,
            hooks: { $0.checks = CheckRegistry([ToldCheck.self, ScoreCheck.self, WaitingCheck.self]) }
        ) { scene in
            try scene.stage.commit(["gates/g.yaml": scene.stage.gate().replacing(#/checks: .*/#, with: gate)])
            let first = try push(scene, score: 0.8, ["models/tumor/requirements.txt": "a==1\n"])
            try await scene.settle()
            #expect(try scene.stage.pin("dev") == first)
            try scene.inbox.behave("500")
            let second = try push(scene, score: 0.9, ["models/tumor/requirements.txt": "a==2\n"])
            try await scene.settle()
            #expect(try scene.stage.pin("dev") == first)
            #expect(try changes(scene).first?["told"] == .empty, "it is written down before anybody is told")
            try scene.inbox.behave(nil)
            scene.restart()
            try await scene.settle()
            #expect(try scene.stage.pin("dev") == second)
            #expect(try scene.inbox.events() == ["dependency-changed"])
        }
    }

    @Test func `whoever begins to look is told of what waits to enter`() async throws {
        let slow = EnvironmentText.staging.with("promotion: {mode: manual}")
        try await withNoticeSender([.dev, slow], Self.only) { scene in
            try scene.configure([])
            _ = try push(scene, score: 0.8, ["models/tumor/requirements.txt": "a==1\n"])
            try await scene.settle()
            let promoted = try await scene.stage.controller.promoteByHand(Unit(environment: "staging", model: "tumor"))
            guard case .promoted = promoted else { return #expect(Bool(false), "\(promoted)") }
            _ = try push(scene, score: 0.9, ["models/tumor/requirements.txt": "a==2\n"])
            try await scene.settle()
            scene.stage.clock.advance(.seconds(86_400 * 30))
            try scene.configure(Self.only(scene.inbox))
            try await scene.settle()
            #expect(try scene.inbox.events() == ["dependency-changed"])
        }
    }
}
