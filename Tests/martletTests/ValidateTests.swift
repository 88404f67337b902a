import Foundation
import TestSupport
import Testing

/// `martlet validate` in a work tree that anybody's pull request may have filled.
struct ValidateTests {
    @Test(.timeLimit(.minutes(1)), arguments: ["environments/dev/x.yaml", "martlet.yaml", "gates/x.yaml"])
    func `a link to a device, or a pipe, is one error and is not read`(path: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let file = house.work + "/" + path
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/dev/zero")
            let linked = try house.martlet(["validate"])
            #expect(linked.code == 1)
            let line = "\(path):1:1: error: a manifest must be a plain file"
            #expect(linked.output.split(separator: "\n").count { $0.hasPrefix(line) } == 1, "\(linked)")
            try house.commit([:])
            let committed = try house.martlet(["validate", "--revision", "HEAD"])
            #expect(committed.output.contains(line))
            try FileManager.default.removeItem(atPath: file)
            #expect(mkfifo(file, 0o600) == 0)
            #expect(try house.martlet(["validate"]).output.contains(line))
        }
    }

    @Test func `a pin of a commit that is not in the history of what is checked out is an error`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 8)
            try git("checkout", "--quiet", "-b", "side", in: house.work)
            let side = try house.commit(["models/tumor/model.bin": "other weights\n"], push: false)
            try git("checkout", "--quiet", "main", in: house.work)
            try house.write(House.deployment("tumor", "  revision: \(side)\n"), to: "environments/dev/tumor.yaml")
            let apart = try house.martlet(["validate"])
            let line = "environments/dev/tumor.yaml:6:13: error: spec.revision: the commit \(side.prefix(7)) is not in"
            #expect(apart.code == 1 && apart.output.contains(line), "\(apart)")
            try git("merge", "--quiet", "side", in: house.work, environment: house.hookEnvironment)
            let joined = try house.martlet(["validate"])
            #expect(joined.code == 0, "\(joined)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `no more than a manifest's limit is read, and no link to a folder followed`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let file = house.work + "/gates/big.yaml"
            _ = FileManager.default.createFile(atPath: file, contents: nil)
            #expect(truncate(file, 1 << 33) == 0)
            let big = try house.martlet(["validate"])
            #expect(big.code == 1 && big.output.contains("gates/big.yaml:1:1: error: the file cannot be read"))
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.createSymbolicLink(
                atPath: house.work + "/environments/far", withDestinationPath: "/")
            let far = try house.martlet(["validate"])
            #expect(far.code == 1 && far.output.contains("environments/far:1:1: error: links are not followed"))
            #expect(far.output.split(separator: "\n").count == 1)
        }
    }

    @Test func `a folder without any manifest is no valid repository`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let empty = house.folder + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
            let run = try house.martlet(["validate", "-C", empty])
            #expect(run.code == 3 && run.errors.contains("there are no manifests in"), "\(run)")
        }
    }

    @Test func `a pin to a commit that is not there is an error at its line, also of files that are not committed`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let pin = "  revision: \"\(String(repeating: "1234", count: 10))\"\n"
            try house.commit(["environments/dev/tumor.yaml": House.deployment("tumor", pin)])
            for more in [[], ["--revision", "HEAD"]] {
                let run = try house.martlet(["validate"] + more)
                let line = "environments/dev/tumor.yaml:6:13: error: spec.revision: there is no commit 1234"
                #expect(run.code == 1 && run.output.contains(line), "\(run)")
            }
        }
    }

    @Test func `a dataset whose file is not there is warned of`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let dataset = "apiVersion: martlet.dev/v1\nkind: Dataset\nmetadata: {name: d}\nspec: {path: d.csv}\n"
            let line = "data/d.yaml:4:14: warning: path: there is no file 'd.csv' in data"
            try house.commit(["data/d.yaml": dataset])
            for more in [[], ["--revision", "HEAD"]] {
                let run = try house.martlet(["validate"] + more)
                #expect(run.code == 0 && run.output.contains(line), "\(run)")
            }
            for there in ["data/d.csv", "data/d.csv.dvc"] {
                try house.commit([there: "a\n1\n"])
                for more in [[], ["--revision", "HEAD"]] {
                    #expect(try !house.martlet(["validate"] + more).output.contains("d.csv"))
                }
                try house.commit([:], removing: [there])
            }
        }
    }

    @Test func `manifests below the top of a repository are found, and said to be in the wrong place`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let other = house.folder + "/other"
            try git("init", "--quiet", other)
            let begun = try house.martlet(["init", "ml"], in: other)
            #expect(begun.code == 0 && begun.errors.contains("must lie at the top"), "\(begun)")
            #expect(try house.martlet(["init", other + "/a"]).code == 0)
            #expect(try house.martlet(["init", other + "/z"]).code == 0)
            for (place, words) in [("/ml", "ml/"), ("/z", "z/"), ("", "a/")] {
                let run = try house.martlet(["validate", "-C", other + place])
                #expect(run.code == 2 && run.errors.contains("martlet.yaml is in \(words): to look at"), "\(run)")
            }
        }
    }

    @Test func `a branch that is named is looked at`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            #expect(try house.martlet(["validate", "--branch", "nonsense"]).code == 2)
            #expect(try house.martlet(["validate", "--branch", "main", "--revision", "HEAD"]).code == 2)
            try house.write("not: valid\n", to: "environments/dev/tumor.yaml")
            #expect(try house.martlet(["validate"]).code == 1)
            #expect(try house.martlet(["validate", "--branch", "main"]).code == 0)
        }
    }

    @Test func `what lies in a submodule is none of the repository's manifests`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.write("not: valid\n", to: "library/environments/dev/environment.yaml")
            try house.write("not: valid\n", to: "models/tumor/library/model.yaml")
            #expect(try house.martlet(["validate"]).code == 1)
            try git("init", "--quiet", "models/tumor/library", in: house.work)
            try house.write("gitdir: ../.git/modules/library\n", to: "library/.git")
            #expect(try house.martlet(["validate"]).code == 0)
        }
    }

    @Test func `errors of a sparse checkout come with the way to look at all files`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("sparse-checkout", "set", "environments", in: house.work)
            let run = try house.martlet(["validate"])
            #expect(run.code == 1 && run.errors.contains("martlet validate --revision HEAD"), "\(run)")
            // What is left out is not valid for that.
            try git("sparse-checkout", "set", "elsewhere", in: house.work)
            let nothing = try house.martlet(["validate"])
            #expect(nothing.errors.contains("martlet validate --revision HEAD"), "\(nothing)")
            #expect(try house.martlet(["validate", "--revision", "HEAD"]).code == 0)
        }
    }
}
