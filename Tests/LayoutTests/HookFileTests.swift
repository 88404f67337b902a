import Foundation
import Testing

/// Hooks hold no logic: three lines that call the program.
struct HookFileTests {
    @Test(arguments: ["pre-commit", "commit-msg", "pre-push", "pre-receive", "post-receive"])
    func `a hook is three lines and calls its own name`(name: String) throws {
        let lines = try House.text("hooks/\(name)").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == "#!/bin/sh")
        #expect(lines.last == #"exec martlet hook \#(name) "$@""#)
        #expect(FileManager.default.isExecutableFile(atPath: House.root.appending(path: "hooks/\(name)").path()))
    }

    @Test func `there are no other hooks`() throws { #expect(try House.names(in: "hooks").count == 5) }

    @Test func `the pre-commit framework is offered hooks that need nothing but the binary`() throws {
        let text = try House.text(".pre-commit-hooks.yaml")
        let ids = text.matches(of: #/(?m)^- id: ([\w-]+)$/#).map { String($0.1) }
        #expect(ids == ["martlet-validate", "martlet-commit-msg", "martlet-pre-push"])
        #expect(text.matches(of: #/(?m)^  language: system$/#).count == ids.count)
        #expect(text.matches(of: #/(?m)^  entry: (sh -c 'exec )?martlet /#).count == ids.count)
    }
}
