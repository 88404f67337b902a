import TestSupport
import Testing

/// Names that a repository has not are said to be wrong, with what there is: they are not an empty answer.
struct NamesTests {
    @Test func `of environments and models`() async throws {
        try await withHouse { house in
            try house.push(right: 9)
            let cases: [([String], String)] = [
                (["status", "tumr"], "no environment 'tumr'"),
                (["status", "prodution"], "no environment 'prodution'. Did you mean 'production'?"),
                (["status", "prodution", "--output", "json"], "Did you mean 'production'?"),
                (["status", "x"], "There are: dev, production, staging."),
                (["status", "dev", "tumour"], "no model 'tumour'. Did you mean 'tumor'?"),
                (["history", "nope"], "There is no model 'nope'. There is: tumor."),
                (["history", "tumor", "prodution"], "Did you mean 'production'?"),
                (["request", "list", "nope"], "There is no environment 'nope'."),
                (["request", "show", "nope/tumor"], "There is no environment 'nope'."),
                (["rollback", "tumor", "nope"], "There is no environment 'nope'."),
                (["hold", "tumor", "nope"], "There is no environment 'nope'."),
                (["hold", "tumor", "nope", "--revision", "HEAD"], "There is no environment 'nope'."),
                (["rollback", "tumr", "dev"], "no model 'tumr'. Did you mean 'tumor'?"),
                (["hold", "tumr", "dev"], "no model 'tumr'. Did you mean 'tumor'?"),
                (["why", "tumor", "prodution"], "Did you mean 'production'?"),
                (["why", "production", "tumor"], "name them the other way round"),
                (["promote", "tumr", "--to", "dev"], "Did you mean 'tumor'?"),
                (["promote", "tumor", "--to", "prodution"], "Did you mean 'production'?"),
                (["approve", "tumr", "--to", "dev", "--as", "ada@example.com"], "Did you mean 'tumor'?"),
                (["check", "tumr"], "Did you mean 'tumor'?"),
                (["check", "tumor", "--environment", "stagin"], "Did you mean 'staging'?"),
                (["check", "tumor", "--revision", "nope"], "there is no commit 'nope'"),
                (["score", "tumr"], "Did you mean 'tumor'?"),
                (["diff", "tumr@main", "tumor@main"], "There is no version 'tumr@main'"),
                (["status", "--branch", "mian"], "Did you mean 'main'?"),
                (["reconcile", "--branch", "mian"], "Did you mean 'main'?"),
                (["validate", "--branch", "mian"], "there is no commit 'mian'"),
                (["status", "-C", "nowhere"], "nowhere"), (["reconcile", "-C", "nowhere"], "nowhere"),
                (["validate", "-C", "nowhere"], "nowhere"), (["hook", "install", "-C", "nowhere"], "nowhere"),
                (["staus"], "There is no command 'staus'. Did you mean 'status'?"),
            ]
            for (arguments, words) in cases {
                let run = try house.martlet(arguments)
                #expect(run.code == 2 && run.output.isEmpty && run.errors.contains(words), "\(arguments): \(run)")
            }
            // A model alone is looked at everywhere.
            #expect(try house.martlet(["status", "tumor"]).output.contains("production"))
            #expect(try house.log().count == 2)
            for arguments in [["status", "dev"], ["history", "tumor", "dev"], ["request", "list", "dev"]] {
                #expect(try house.martlet(arguments).code == 0, "\(arguments)")
            }
        }
    }

    @Test func `a model that is gone still has its history`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.commit([:], removing: ["models/tumor", "environments/dev/tumor.yaml"])
            let run = try house.martlet(["history", "tumor"])
            #expect(run.code == 0 && run.output.contains("tumor"), "\(run)")
        }
    }

    @Test func `a model whose folder is gone is absent, not broken`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.commit([:], removing: ["models/tumor"])
            for command in ["check", "score"] {
                let run = try house.martlet([command, "tumor"])
                #expect(run.code == 2 && run.errors.contains("there is no model 'tumor' at"), "\(run)")
            }
            let why = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(why.output.contains("models/tumor/model.yaml:1:1: error: there is no such file"), "\(why)")
        }
    }

    @Test func `what an environment that is gone leaves behind is explained`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.commit([:], removing: ["environments/dev"])
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 3)
            let why = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(why.code == 0 && why.output.contains("--accept-removal"), "\(why)")
        }
    }
}
