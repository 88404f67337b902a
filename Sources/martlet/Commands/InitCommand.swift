import ArgumentParser
import Domain
import Git
import Glibc

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Scaffold a model repository: environments, gates, and an example model",
        discussion: """
            Writes the files of the starter into the folder; a file that is there is kept.

                martlet init models && cd models && git init -b main && git add . && git commit -m "Start"

            In a repository that is there, its branch is written into martlet.yaml. Manifests lie at the top of a repository.
            """)

    @Argument(help: "The folder", completion: .directory)
    var folder: String = "."

    func run() throws {
        var written = 0
        let around = repositoryAround
        let branch = around?.headBranch ?? "main"
        for file in Starter.files {
            let path = folder + "/" + file.path
            if LocalFile.exists(path) {
                Terminal.say("kept    \(path)")
                continue
            }
            let isSettings = file.path == "martlet.yaml"
            try LocalFile.write(isSettings ? Self.naming(branch, in: file.bytes) : file.bytes, to: path)
            Terminal.say("wrote   \(path)")
            written += 1
        }
        Terminal.say(
            written == 0
                ? "Nothing was missing."
                : "Next: look at \(folder)/README.md, then run 'martlet validate -C \(folder)'.")
        if let top = around?.workTree, !isSameFolder(top, folder) {
            Terminal.complain(
                "\(folder) lies inside the repository \(top), and manifests must lie at the top of one: "
                    + "make it a repository of its own (git init -b main \(folder)), or run 'martlet init \(top)'.")
        }
    }

    /// The repository that the folder is in; the folder itself need not be there.
    private var repositoryAround: GitStore? {
        var place = folder.hasPrefix("/") ? folder : LocalFile.currentFolder + "/" + folder
        while !LocalFile.exists(place), let slash = place.lastIndex(of: "/"), slash != place.startIndex {
            place = String(place[..<slash])
        }
        return try? GitStore(opening: place)
    }

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
