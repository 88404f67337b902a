import Testing

/// Keeps the README at what the program does.
struct ReadmeTests {
    @Test func `every command is named in the README`() throws {
        let readme = try House.text("README.md")
        let commands = try House.swiftFiles(below: "Sources/martlet").flatMap { file in
            file.code.matches(of: #/commandName: "([\w-]+)"/#).map { String($0.1) }
        }
        #expect(commands.count > 15)
        let missing = commands.filter { name in
            !["martlet \(name)", "martlet hook \(name)", "martlet schema \(name)", "`\(name)`"].contains {
                readme.contains($0)
            }
        }
        #expect(missing.filter { $0 != "martlet" } == [])
    }

    @Test func `every target of the Makefile that the README names is there`() throws {
        let makefile = try House.text("Makefile")
        let named = try House.text("README.md").matches(of: #/(?m)(?:^    |`)make ([a-z-]+)/#).map { String($0.1) }
        #expect(named.contains("demo") && named.contains("test"))
        for target in Set(named) {
            let isThere = makefile.contains("\n\(target):")
            #expect(isThere, "make \(target)")
        }
    }
}
