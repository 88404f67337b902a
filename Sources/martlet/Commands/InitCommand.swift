import ArgumentParser
import Domain
import Git
import Glibc

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Scaffold a model repository: environments, gates, and an example model",
        discussion: """
            Writes the files of the starter into the folder; a file that is there is kept.

                martlet init models && cd models && git init -b main
                git add . && git commit -m "Start"

            In a repository that is there, its main branch is written into martlet.yaml. Manifests lie at the top of a repository.
            """)

    @Argument(help: "The folder", completion: .directory)
    var folder: String = "."

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() async throws {
        guard !folder.isEmpty else { throw WrongUse("the folder has no name; '.' is the current one") }
        var written: [String] = [], kept: [String] = []
        let around = repositoryAround
        if let around, around.workTree == nil || absoluteFolder.pathParts().contains(".git") {
            throw WrongUse(
                "\(folder) belongs to a repository's own files: clone it, and write the first manifests into the clone")
        }
        let branch = if let around { try await Self.mainBranch(of: around) } else { "main" }
        for file in Starter.files {
            let path = folder + "/" + file.path
            if LocalFile.exists(path) {
                kept.append(path)
                if output == .text { Terminal.say("kept    \(path)") }
                continue
            }
            let isSettings = file.path == RepositorySettings.file
            try LocalFile.write(isSettings ? Self.naming(branch, in: file.bytes) : file.bytes, to: path)
            written.append(path)
            if output == .text { Terminal.say("wrote   \(path)") }
        }
        let isNew = written.contains(folder + "/martlet.yaml")
        switch output {
        case .json:
            let answer: JSON = [
                "branch": isNew ? .string(branch) : .null, "written": .array(written.map(JSON.string)),
                "kept": .array(kept.map(JSON.string)),
            ]
            Terminal.say(answer.text(pretty: true))
        case .text:
            Terminal.say(
                written.isEmpty
                    ? "Nothing was missing."
                    : "Next: look at \(folder)/README.md, then run 'martlet validate -C \(folder)'.")
        }
        if isNew, let head = around?.headBranch, head != branch {
            Terminal.complain(
                "martlet.yaml names '\(branch)' as the protected branch, not '\(head)', which is checked out.")
        }
        if let top = around?.workTree, !isSameFolder(top, folder) {
            Terminal.complain(
                "\(folder) lies inside the repository \(top), and manifests must lie at the top of one: "
                    + "make it a repository of its own (git init -b \(branch) \(folder)), or run 'martlet init \(top)'."
            )
        }
    }

    /// The branch that others are merged into, as far as one can see: the only one, or else `main` or `master`, here or at a remote.
    private static func mainBranch(of store: GitStore) async throws -> String {
        let names = try await store.read { reader in
            try ["refs/heads/*", "refs/remotes/*"].flatMap { try reader.references(matching: $0).map(\.name) }
        }
        let head = store.headBranch ?? "main"
        guard names.contains(where: { $0 != "refs/heads/\(head)" }) else { return head }
        // Here they stand behind the folder, at a remote behind that and the remote's name.
        let branches = names.compactMap { name in
            name.pathParts(most: 1 + (name.hasPrefix("refs/heads/") ? 2 : 3)).last.map(String.init)
        }
        return ["main", "master"].first(where: branches.contains) ?? head
    }

    /// The repository that the folder is in; the folder itself need not be there.
    private var repositoryAround: GitStore? {
        var place = absoluteFolder
        while !LocalFile.exists(place), let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        return try? GitStore(opening: place)
    }

    private var absoluteFolder: String { folder.hasPrefix("/") ? folder : LocalFile.currentFolder + "/" + folder }

    private func isSameFolder(_ one: String, _ other: String) -> Bool {
        var first = stat(), second = stat()
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }

    private static func naming(_ branch: String, in bytes: [UInt8]) -> [UInt8] {
        guard branch != "main" else { return bytes }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return Array(
            lines.map { line in
                guard line.hasPrefix("  branch: main ") else { return String(line) }
                return "  branch: \(JSON.string(branch).text()) \(line.dropFirst("  branch: main ".utf8.count))"
            }.joined(separator: "\n").utf8)
    }
}
