import Foundation
import TestSupport
import Testing

/// `martlet validate` where a folder has become too long a list.
struct CrowdedFolderTests {
    @Test func `a folder of more than a thousand manifests is warned of, once, on disk and in a commit`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            var files: [String: String] = [:]
            for number in 0...1000 {
                files["gates/lots/g\(number).yaml"] = House.gate().replacing("name: g", with: "name: lots/g\(number)")
                // What is no folder of manifests may be as long as it likes.
                files["models/tumor/\(number).yaml"] = "a: 1\n"
                files["data/images/\(number).png"] = "x"
                files["data/classes/\(number)/x.png"] = "x"
            }
            try house.commit(files)
            for more in [[], ["--revision", "HEAD"]] {
                let run = try house.martlet(["validate"] + more)
                let lines = run.output.split(separator: "\n")
                #expect(run.code == 0 && lines.count == 2 && lines.last == "All manifests are valid.", "\(run)")
                #expect(lines[0].hasPrefix("gates/lots:1:1: warning: the folder has 1001 entries"), "\(run)")
                #expect(lines[0].contains("such as gates/lots/TEAM/NAME.yaml"), "\(run)")
            }
            try house.commit([:], removing: ["gates/lots/g7.yaml"])
            #expect(try house.martlet(["validate"]).output == "All manifests are valid.\n")
        }
    }

    @Test func `models and deployments are counted by their folders, too`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            var files: [String: String] = [:]
            for number in 0...1000 {
                files["models/m\(number)/model.yaml"] = House.model("m\(number)")
                files["environments/dev/m\(number).yaml"] = House.deployment("m\(number)")
            }
            try house.commit(files)
            let run = try house.martlet(["validate", "--revision", "HEAD"])
            let crowded = run.output.split(separator: "\n").filter { $0.contains("warning: the folder has") }
            #expect(crowded.count == 2, "\(run)")
            #expect(crowded.first?.hasPrefix("environments/dev:1:1: warning: the folder has 1003 entries") == true)
            #expect(crowded.last?.contains("models/TEAM/MODEL/model.yaml") == true)
        }
    }
}
