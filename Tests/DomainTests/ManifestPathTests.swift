import Domain
import Testing

struct ManifestPathTests {
    @Test(arguments: [
        ("martlet.yaml", "Repository", "martlet", nil), ("models/a/model.yaml", "Model", "a", nil),
        ("models/lending/credit-risk/model.yaml", "Model", "lending/credit-risk", nil),
        ("models/a/schema.yaml", "Schema", "a", nil), ("data/hmda-eval.yaml", "Dataset", "hmda-eval", nil),
        ("data/us/hmda.yaml", "Dataset", "us/hmda", nil), ("gates/production.yaml", "Gate", "production", nil),
        ("waivers/race-slices.yaml", "Waiver", "race-slices", nil),
        ("environments/dev/environment.yaml", "Environment", "dev", "dev"),
        ("environments/dev/a.yaml", "Deployment", "a", "dev"),
        ("environments/dev/lending/credit-risk.yaml", "Deployment", "lending/credit-risk", "dev"),
        ("environments/dev/lending/environment.yaml", "Deployment", "lending/environment", "dev"),
    ])
    func `a manifest's path says its kind and name`(path: String, kind: String, name: String, environment: String?)
        throws
    {
        let found = try #require(ManifestPath.kind(of: path))
        #expect(found == (kind, name, environment))
        #expect(ManifestPath.path(ofKind: kind, name: name, environment: environment) == path)
    }

    @Test(arguments: [
        "", "README.md", "martlet.yml", "a/martlet.yaml", "models/model.yaml", "models/a/params.yaml",
        "models/a/model.yml",
        "models/a/xmodel.yaml", "models//model.yaml", "models/../model.yaml", "data/x.csv.dvc", "data/dvc.yaml",
        "data/params.yaml", "data/a/dvc.yaml", "data/.yaml", "data/a b.yaml", "data/.hidden.yaml", "gates/-a.yaml",
        "gates/",
        "gates/a-.yaml", "gates/ä.yaml", "environments/environment.yaml", "environments/dev.yaml", "environments/dev/",
        "environments/dev/kustomization.yaml", "environments/d.v/a.yaml", "other/a.yaml", ".yaml", "gates.yaml",
        "/gates/a.yaml",
    ])
    func `everything else is no manifest`(path: String) {
        #expect(ManifestPath.kind(of: path) == nil)
    }

    @Test(arguments: ["a", "A1", "a-b_c", "a/b", "0", String(repeating: "x", count: 200)])
    func `names of GTO's grammar are valid`(name: String) { #expect(ManifestName.isValid(name)) }

    @Test(arguments: [
        "", "-a", "a-", "_a", "a//b", "/a", "a/", "a/-b", "a.b", "a b", "ä", "a\n", "..",
        String(repeating: "x", count: 201),
    ])
    func `other names are not`(name: String) { #expect(!ManifestName.isValid(name)) }

    @Test(arguments: [
        "a", "a/b", "environment", "a/environment", "dvc", "a/dvc", "xdvc", "params", "a/params", "kustomization",
        "environmentx",
    ])
    func `a model can be deployed where its path is a deployment's`(name: String) {
        let isDeployment = ManifestPath.kind(of: "environments/x/\(name).yaml")?.kind == Deployment.kind
        #expect(ManifestPath.isDeployable(name) == isDeployment)
    }

    @Test(arguments: [
        ("models/a/model.yml", "rename it to models/a/model.yaml"), ("martlet.yml", "rename it to martlet.yaml"),
        ("Gates/a.yaml", "rename it to gates/a.yaml"), ("models/a/Model.YAML", "rename it to models/a/model.yaml"),
        ("data/a b.yaml", "use \(ManifestName.rule)"), ("gates/-a.yaml", "use \(ManifestName.rule)"),
        ("models/a b/model.yaml", "use \(ManifestName.rule)"),
        ("environments/dev/a.b.yaml", "use \(ManifestName.rule)"),
        ("environments/notes.yaml", "move it to environments/ENVIRONMENT/notes.yaml, or out of environments/"),
    ])
    func `a path that nearly is one of a manifest is told apart`(path: String, hint: String) throws {
        let diagnostic = try #require(ManifestPath.nearMiss(path))
        #expect(diagnostic.severity == .warning && diagnostic.file == path && diagnostic.hint == hint)
    }

    @Test(arguments: [
        "gates/a.yaml", "README.md", "models/a/params.yaml", "models/a/b c.yaml", "data/dvc.yaml", "data/a.csv.dvc",
        "other/x.yml",
        "data/.hidden.yaml", ".github/workflows/ci.yml", "environments/dev/kustomization.yaml", "docker-compose.yml",
    ])
    func `other paths are nobody's business`(path: String) {
        #expect(ManifestPath.nearMiss(path) == nil)
    }
}
