import Foundation
import TestSupport
import Testing

/// The examples in `manifests/ci` can be read, and their commands do what they say on a checkout like a CI system's.
struct CIFilesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "manifests/ci")

    /// Every command of a YAML file that runs martlet or fetches for it, in order, found where its system looks for commands.
    private static let finder = """
        import sys, yaml
        def strings(node):
            if isinstance(node, str): yield node
            elif isinstance(node, dict):
                for value in node.values(): yield from strings(value)
            elif isinstance(node, list):
                for value in node: yield from strings(value)
        document = yaml.safe_load(open(sys.argv[1]))
        words = ["martlet check", "martlet validate", "martlet request", "git fetch"]
        print("\\0".join(s for s in strings(document) if any(word in s for word in words)), end="")
        """

    private static func commands(_ name: String) throws -> [String] {
        let file = folder.appending(path: name)
        guard name != "Jenkinsfile" else {
            let text = try String(contentsOf: file, encoding: .utf8)
            return text.matches(of: #/sh '([^']+)'/#).map { String($0.1) }
        }
        let run = try spawn(
            ["python3", "-c", finder, file.path()],
            environment: House.variables.merging(["PATH": "/usr/bin:/bin"]) { $1 })
        try #require(run.code == 0, "\(String(decoding: run.errors, as: UTF8.self))")
        return String(decoding: run.output, as: UTF8.self).split(separator: "\0").map(String.init)
    }

    @Test(arguments: ["github-actions.yml", "gitlab-ci.yml", "Jenkinsfile", "circleci-config.yml"])
    func `an example says how large files come`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        #expect(text.contains("Git LFS") && text.contains("dvc fetch"))
        #expect(name != "github-actions.yml" || text.contains("\n          lfs: true "))
    }

    @Test(arguments: [
        ("github-actions.yml", 3), ("gitlab-ci.yml", 6), ("Jenkinsfile", 2), ("circleci-config.yml", 2),
    ])
    func `an example's commands let a good request pass and stop a bad one`(name: String, count: Int) async throws {
        let commands = try Self.commands(name)
        #expect(commands.count == count)
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            for (right, isGood) in [(8, true), (3, false)] {
                try git("checkout", "--quiet", "-B", "request", "origin/main", in: house.work)
                try house.commit(["models/tumor/predictions.csv": House.predictions(right: right)], push: false)
                // As CI systems check out: no branch, and the protected one only as the remote's.
                try git("checkout", "--quiet", "--detach", in: house.work)
                for branch in ["main", "request"] { _ = try? git("branch", "-D", branch, in: house.work) }
                var isRefused = false
                for command in commands {
                    let code = try run(command, house)
                    #expect([0, 1].contains(code), "\(name): \(command)")
                    isRefused = isRefused || code == 1
                }
                #expect(isRefused != isGood, "\(name) with \(right) right")
            }
        }
    }

    private func run(_ command: String, _ house: House) throws -> Int {
        var variables = House.variables
        variables["PATH"] = house.path
        variables["MARTLET_CACHE"] = house.folder + "/cache"
        variables["CI_DEFAULT_BRANCH"] = "main"
        return try spawn(["sh", "-ec", command], environment: variables, folder: house.work).code
    }

    @Test func `there are no other examples`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path()).sorted()
        #expect(names == ["Jenkinsfile", "circleci-config.yml", "github-actions.yml", "gitlab-ci.yml"])
    }
}
