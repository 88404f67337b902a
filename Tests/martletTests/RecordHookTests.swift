import TestSupport
import Testing

/// The server's hook, where people push what Martlet keeps its records in.
struct RecordHookTests {
    @Test func `pre-receive guards status and evidence`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 7)
            try house.reconcile()
            let bad = try house.push(right: 9)
            try house.makeIll(bad, in: "dev")
            try house.reconcile()
            try house.installHooks(server: true)
            try house.inWork("fetch", "--quiet", "origin", "refs/martlet/*:refs/martlet/*")
            for name in ["status", "evidence"] {
                let deleted = try gitRefusal { try house.inWork("push", "origin", ":refs/martlet/\(name)") }
                #expect(deleted.contains("must not be deleted"))
                let rewound = try gitRefusal {
                    try house.inWork("push", "--force", "origin", "refs/martlet/\(name)~1:refs/martlet/\(name)")
                }
                #expect(rewound.contains("would be rewritten"))
            }
            for name in ["status", "retraining"] {
                let taken = try gitRefusal { try house.inWork("push", "origin", "HEAD:refs/martlet/\(name)/x") }
                #expect(taken.contains("Martlet's records"), "\(taken)")
            }
            let status = try git("show", "refs/martlet/status:dev/tumor.json", in: house.work)
            #expect(status.contains(bad))
            let forged = status.replacing(/"rejected": \[[^\]]*\]/, with: "\"rejected\": []")
            #expect(forged != status)
            try house.push(status: forged, to: "refs/heads/forged")
            let refusal = try gitRefusal {
                try house.inWork("push", "origin", "refs/heads/forged:refs/martlet/status")
            }
            #expect(refusal.contains("the hold on tumor \(bad.prefix(7)) is gone"))
        }
    }

    @Test func `pre-receive guards the records where the branch says that they are`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: r}\nspec: {references: refs/own}\n"
            try house.commit(["martlet.yaml": settings])
            try house.push(right: 7)
            try house.reconcile()
            try house.installHooks(server: true)
            let deleted = try gitRefusal { try house.inWork("push", "origin", ":refs/own/status") }
            #expect(deleted.contains("must not be deleted"), "\(deleted)")
            let taken = try gitRefusal { try house.inWork("push", "origin", "HEAD:refs/own/evidence/x") }
            #expect(taken.contains("Martlet's records"), "\(taken)")
        }
    }
}
