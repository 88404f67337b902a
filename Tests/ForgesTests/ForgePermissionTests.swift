import Domain
import TestSupport
import Testing

@testable import Forges

/// Tokens that may do only a part of what they are for.
struct ForgePermissionTests {
    @Test(arguments: ForgeConformanceTests.kinds) func `a page that cannot be shown keeps no status back`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            try await stage.control(
                "faults",
                [["method": "POST", "path": "/(pulls|merge_requests)$", "status": 403, "body": #"{"message": "no"}"#]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.reason == .forbidden)
            #expect(try await stage.state("statuses").map { $0["context"] } == ["martlet/production"])
            #expect(try await stage.state("requests").isEmpty)
        }
    }

    @Test(arguments: ForgeConformanceTests.kinds) func `a comment that is not taken is told, with the status there`(
        kind: String
    ) async throws {
        try await withForge(kind) { stage in
            let body = #"{"message": "Unable to create comment because issue is locked."}"#
            try await stage.control(
                "faults",
                [["method": "POST", "path": "/(comments|notes)$", "status": 403, "body": .string(body)]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.description.contains("issue is locked") == true)
            #expect(try await stage.state("statuses").count == 1)
            #expect(try await stage.state("requests").count == 1)
        }
    }

    @Test(arguments: ForgeConformanceTests.kinds) func `a forge that does not know us is asked nothing more`(
        kind: String
    ) async throws {
        try await withForge(kind) { stage in
            try await stage.control("faults", [["path": "/(pulls|merge_requests)$", "status": 401]])
            await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(try await stage.state("statuses").isEmpty)
        }
    }

    @Test(arguments: ForgeConformanceTests.kinds) func `a token that may not ask who it is can be told`(kind: String)
        async throws
    {
        try await withForge(kind) { stage in
            let body = #"{"message": "Resource not accessible by integration"}"#
            try await stage.control("faults", [["path": "/user$", "status": 403, "body": .string(body)]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            }
            #expect(failure?.description.contains("or say in forge.login who it belongs to") == true)
            let told = try stage.client(["login": "martlet-bot"])
            #expect(try await told.show(stage.presentation(), using: stage.tools)?.number == 1)
        }
    }
}
