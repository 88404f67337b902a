import Domain
import Engines
import Foundation
import TestSupport
import Testing

@testable import Checks

/// MLServer with a scikit-learn model (half a gigabyte from PyPI): `make test-servers` installs it and says where it is.
@Suite(.enabled(if: MLServer.programs != nil, "MARTLET_MLSERVER names no folder of programs"))
struct RealServerTests {
    @Test func `MLServer's answers are those that scikit-learn gives, and it keeps the protocol`() async throws {
        let server = try MLServer()
        var specimen = try Specimen.version("v1")
            .setting("evaluation", "endpoint", to: .string(server.url))
            .setting("evaluation", "outputs", to: ["prediction": "predict", "score": "predict_proba"])
            .setting("evaluation", "columns", to: ["id": "sample_id", "label": "malignant", "score": "score"])
        specimen.revision = specimen.tip
        let curl = Curl(environment: ProcessInfo.processInfo.environment)
        specimen.send = { try await curl.send($0) }
        let ready = Tools.Call("GET", server.url + "/v2/models/tumor/ready", timeout: .seconds(5))
        for _ in 0..<600 where (try? await curl.send(ready))?.status != 200 {
            try await Task.sleep(for: .milliseconds(200))
        }
        specimen.files["predictions.csv"] = try server.predictions()

        let same = try await specimen.run(OnlineOffline.self, ["tolerance": 1e-12])
        #expect(same.verdict == .pass && same.summary.hasPrefix("190 answers"), "\(same.words)")
        // MLServer 1.7 falls over a shape that the data does not fill: worth a warning, no failure.
        let contract = try await specimen.run(ModelAPI.self)
        #expect(contract.verdict == .warn && contract.findings.count == 1, "\(contract.words)")
        #expect(contract.words.contains("answered with 500"), "\(contract.words)")

        #expect(contract.measurements["answered"]?.int == 20)
        // Once scaled, 1e308 is infinite, which scikit-learn refuses, and MLServer 1.7 makes a 500 of that.
        let edges = try await specimen.run(NumericalStability.self)
        #expect(
            edges.verdict == .fail
                && edges.words.contains("40 of 180 edge probes made the server fail (first: mean_smoothness=1e308: 500"),
            "\(edges.words)")
        let inside = try await specimen.run(NumericalStability.self, ["beyondDomain": false])
        #expect(inside.verdict == .pass && inside.measurements["probes"]?.int == 120, "\(inside.words)")
        // It answers logged requests as before, and has no steps to show.
        let replayed = try await specimen.logged().run(Debuggable.self)
        #expect(replayed.verdict == .fail && replayed.findings.count == 3, "\(replayed.words)")
        #expect(
            replayed.findings.allSatisfy { $0.message.contains("intermediate outputs: none; 2") }, "\(replayed.words)")

        var running = specimen
        running.environment = "production"
        running.label = "v1.4.0"
        running.statuses["production"] = DeploymentStatus(
            pin: Pin(revision: running.tip, version: "v1.4.0"), state: .verified, since: running.now)
        let asked: JSON = ["endpoint": .string(server.url), "maxAge": "36500d"]
        let served = try await running.run(Staleness.self, asked)
        #expect(served.verdict == .pass && served.summary.contains("says that it serves 1.4.0"), "\(served.words)")
        running.label = "v1.5.0"
        let other = try await running.run(Staleness.self, asked)
        #expect(other.verdict == .fail && other.summary.contains("make it serve that version"), "\(other.words)")

        let unload = server.url + "/v2/repository/models/tumor/unload"
        #expect(try await curl.send(Tools.Call("POST", unload)).status == 200)
        let gone = try await specimen.run(ModelAPI.self)
        #expect(gone.verdict == .fail && gone.summary.contains("is not ready"), "\(gone.words)")
        #expect(try await specimen.run(OnlineOffline.self).verdict == .inconclusive)
        let lost = try await running.run(Staleness.self, asked)
        #expect(lost.verdict == .inconclusive && lost.mayChange, "\(lost.words)")
    }
}

/// The server in a folder of its own; it ends with its last reference, or with the test.
private final class MLServer {
    static let programs = ProcessInfo.processInfo.environment["MARTLET_MLSERVER"]

    let url: String
    private let folder: URL
    private let process = Process()
    private let lifeline = Pipe()

    /// Trains the model, writes its predictions and the server's settings, and says a free port.
    private static let preparation = """
        import csv, joblib, json, os, socket, sys, numpy as np
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler
        def load(name):
            rows = list(csv.DictReader(open(sys.argv[1] + name)))
            names = [n for n in rows[0] if n not in ("sample_id", "size_band", "malignant")]
            return rows, np.array([[float(r[n]) for n in names] for r in rows])
        rows, X = load("train.csv")
        model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, [int(r["malignant"]) for r in rows])
        os.mkdir("tumor")
        joblib.dump(model, "tumor/model.joblib")
        rows, X = load("eval.csv")
        out = csv.writer(open("predictions.csv", "w"), lineterminator="\\n")
        out.writerow(["sample_id", "malignant", "prediction", "score", "size_band"])
        for r, a, p in zip(rows, model.predict(X), model.predict_proba(X)[:, 1]):
            out.writerow([r["sample_id"], r["malignant"], a, repr(float(p)), r["size_band"]])
        sockets = [socket.socket() for _ in range(3)]
        for s in sockets: s.bind(("127.0.0.1", 0))
        ports = [s.getsockname()[1] for s in sockets]
        json.dump({"host": "127.0.0.1", "http_port": ports[0], "grpc_port": ports[1], "metrics_port": ports[2],
                   "parallel_workers": 0}, open("settings.json", "w"))
        json.dump({"name": "tumor", "implementation": "mlserver_sklearn.SKLearnModel",
                   "parameters": {"uri": "./model.joblib", "version": "v1"}, "versions": ["1.4.0"]}, open("tumor/model-settings.json", "w"))
        print(ports[0])
        """

    init() throws {
        folder = try temporaryFolder()
        let programs = Self.programs ?? ""
        let environment = ["PATH": "\(programs):/usr/bin:/bin", "HOME": folder.path()]
        let prepared = try spawn(
            ["\(programs)/python", "-c", Self.preparation, Fixture.path("tumor/data/")], environment: environment,
            folder: folder.path(), timeout: .seconds(300))
        let port = String(decoding: prepared.output, as: UTF8.self).filter(\.isNumber)
        try #require(prepared.code == 0, "\(String(decoding: prepared.errors, as: UTF8.self))")
        url = "http://127.0.0.1:\(port)"
        process.executableURL = URL(filePath: "/bin/sh")
        // Told to end, MLServer 1.7 may go on for ever.
        let script = "mlserver start . >log 2>&1 & child=$!; cat > /dev/null; kill -9 $child; wait $child"
        process.arguments = ["-c", script]
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = lifeline
        try process.run()
    }

    func predictions() throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: "predictions.csv"))) }

    deinit {
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
