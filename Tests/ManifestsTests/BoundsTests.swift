import Domain
import Manifests
import Testing

/// Numbers that no gate, environment or repository can mean.
struct BoundsTests {
    @Test(arguments: [
        ("gates/a.yaml", "Gate", "approvals: {count: -1}", "5:22", "at least 1"),
        ("gates/a.yaml", "Gate", "approvals: {count: 0}", "5:22", "at least 1"),
        ("gates/a.yaml", "Gate", "score: {least: 99}", "5:18", "from 0 to 7"),
        ("gates/a.yaml", "Gate", "soakFor: -1h", "5:12", "a duration"),
        ("gates/a.yaml", "Gate", "checks: [{check: a, timeLimit: 0s}]", "5:34", "above 0s and at most 7d"),
        ("gates/a.yaml", "Gate", "checks: [{check: a, timeLimit: 8d}]", "5:34", "above 0s and at most 7d"),
        ("gates/a.yaml", "Gate", "checks: [{check: a, timeLimit: 10}]", "5:34", "a duration"),
        ("environments/a/environment.yaml", "Environment", "verify: {failureThreshold: 0}", "5:30", "at least 1"),
        ("environments/a/environment.yaml", "Environment", "windows: [{allow: whenever}]", "5:21", "day of the week"),
        (
            "environments/a/environment.yaml", "Environment", "windows: [{allow: '00:00-25:00'}]", "5:21",
            "time of the week"
        ),
        ("martlet.yaml", "Repository", "maxRemovedShare: 1.5", "5:20", "from 0 to 1"),
        (
            "martlet.yaml", "Repository", "defaults: {verify: {for: soon}}", "5:28",
            "defaults: verify: for: expected a duration"
        ),
        ("martlet.yaml", "Repository", "defaults: {verfy: {}}", "5:14", "did you mean 'verify'?"),
        (
            "martlet.yaml", "Repository", "defaults: {target: {kind: directory}}", "5:14",
            "known fields: promotion, rollback"
        ),
        ("data/a.yaml", "Dataset", "{path: a.csv, rows: -3}", "5:23", "at least 0"),
        ("data/a.yaml", "Dataset", "{path: a.csv, size: -3}", "5:23", "at least 0"),
    ])
    func `a number out of its bounds is an error with its place`(
        path: String, kind: String, spec: String, place: String, expected: String
    ) {
        let text = "apiVersion: martlet.dev/v1\nkind: \(kind)\nmetadata: {name: a}\nspec:\n  \(spec)\n"
        let found = YAMLManifests().read(Array(text.utf8), path: path).diagnostics.map(\.description)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("\(path):\(place): error: ") == true, "\(found)")
        #expect(found.first?.contains(expected) == true, "\(found)")
    }
}
