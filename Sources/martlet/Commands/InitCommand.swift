import ArgumentParser
import Domain

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Scaffold a model repository: environments, gates, and an example model",
        discussion: """
            Writes the files of the starter into the folder; a file that is there is kept.

                martlet init models && cd models && git init && git add . && git commit -m "Start"
            """)

    @Argument(help: "The folder", completion: .directory)
    var folder: String = "."

    func run() throws {
        var written = 0
        for file in Starter.files {
            let path = folder + "/" + file.path
            if LocalFile.exists(path) {
                Terminal.say("kept    \(path)")
                continue
            }
            try LocalFile.write(file.bytes, to: path)
            Terminal.say("wrote   \(path)")
            written += 1
        }
        Terminal.say(
            written == 0
                ? "Nothing was missing."
                : "Next: look at \(folder)/README.md, then run 'martlet validate -C \(folder)'.")
    }
}
