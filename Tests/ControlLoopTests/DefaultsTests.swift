import ControlLoop
import Domain
import TestSupport
import Testing

/// `defaults` of `martlet.yaml`, in the loop.
struct DefaultsTests {
    private static func settings(_ defaults: String) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Repository
        metadata: {name: house}
        spec:
          defaults: {\(defaults)}

        """
    }

    @Test func `the planner goes by them where an environment says nothing, and at once by new ones`() async throws {
        let own = EnvironmentText.dev.with("promotion: {mode: automatic}")
        try await withStage([own, .staging]) { stage in
            try stage.commit(["martlet.yaml": Self.settings("promotion: {mode: manual}")])
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == version && stage.pin("staging") == nil)
            let plan = try await stage.why("staging")
            #expect(plan.blockers.map(\.kind) == [.mode])
            // A restart knows the same.
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("staging") == nil)
            try stage.commit(["martlet.yaml": Self.settings("rollback: {onFailure: manual}")])
            try await stage.settle()
            #expect(try stage.pin("staging") == version)
        }
    }

    @Test func `settings that cannot be read leave the last ones`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["martlet.yaml": Self.settings("promotion: {mode: manual}")])
            try stage.commit(["martlet.yaml": Self.settings("promotion: {mode: whenever}")])
            try stage.push(score: 0.9)
            for _ in 1...2 {
                try await stage.settle()
                #expect(try stage.pin("dev") == nil)
                stage.restart()
            }
            #expect(
                stage.told.contains { $0.contains("martlet.yaml:5:32: error: defaults: promotion: mode: expected") })
        }
    }

    @Test func `a request that changes them is refused`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.propose([
                "martlet.yaml": Self.settings("promotion: {mode: automatic}"),
                "environments/production/tumor.yaml": stage.pinned(version),
            ])
            try await stage.settle()
            let request = try stage.request()
            #expect(request.state == .refused && request.reason.contains("it adds martlet.yaml"), "\(request)")
            #expect(try stage.pin("production") == nil)
        }
    }
}
