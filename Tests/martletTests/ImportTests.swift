import Domain
import Foundation
import TestSupport
import Testing

/// `martlet import`: what it brings is a valid model.
struct ImportTests {
    /// As MLflow 3 lays out a run and the model that it logged.
    private static let run: [String: String] = [
        "meta.yaml": "run_id: 9c3f\nrun_name: calm-owl-7\nstatus: 3\n",
        "params/learning_rate": "0.1", "params/depth": "6", "params/booster": "gbtree",
        "metrics/auc": "1795233447023 0.81 1\n1795233449023 0.9 2\n1795233448023 0.88 1\n",
        "outputs/m-cb38/meta.yaml": "",
        "../models/m-cb38/artifacts/MLmodel": """
        flavors:
          python_function: {loader_module: mlflow.xgboost, model_path: other.bin}
          xgboost: {data: model.json, model_class: xgboost.sklearn.XGBClassifier}
        model_id: m-cb38
        run_id: 9c3f
        signature:
          inputs: '[{"type": "double", "name": "income", "required": true}, {"type": "string", "name": "sex", "required": false}]'
          outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'

        """,
        "../models/m-cb38/artifacts/model.json": "{}\n",
    ]

    @Test(arguments: ["mlruns/0/9c3f", "mlruns/0/models/m-cb38/artifacts"])
    func `a model of MLflow comes with its signature, parameters and metrics`(_ place: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")], models: []) { house in
            try write(Self.run, in: house.folder + "/mlruns/0/9c3f")
            let run = try house.martlet(["import", house.folder + "/" + place, "--name", "lending/credit-risk"])
            #expect(run.code == 0, "\(run)")
            let folder = house.work + "/models/lending/credit-risk"
            let manifest = try text(folder + "/model.yaml")
            #expect(manifest.contains("artifact: {path: \"model.json\", format: json}"))
            #expect(manifest.contains("schema: schema.yaml") && manifest.contains("params: params.yaml"))
            #expect(
                try text(folder + "/params.yaml") == "\"booster\": \"gbtree\"\n\"depth\": 6\n\"learning_rate\": 0.1\n")
            #expect(try text(folder + "/metrics.json").contains("\"auc\": 0.9"))
            let schema = try text(folder + "/schema.yaml")
            #expect(schema.contains("{name: \"income\", type: float}"))
            #expect(schema.contains("{name: \"sex\", type: string, nullable: true}"))
            #expect(try text(folder + "/model.json") == "{}\n")
            try house.commit([
                "environments/dev/lending/credit-risk.yaml": House.deployment("lending/credit-risk", "")
            ])
            let valid = try house.martlet(["validate"])
            #expect(valid.code == 0, "\(valid)")

            // A second time nothing is lost that somebody wrote.
            try write(["model.yaml": manifest + "# mine\n"], in: folder)
            let again = try house.martlet(
                ["import", house.folder + "/" + place, "--name", "lending/credit-risk", "--output", "json"])
            #expect(try JSON(parsing: Array(again.output.utf8))["written"] == [])
            #expect(try text(folder + "/model.yaml").hasSuffix("# mine\n"))
        }
    }

    @Test func `a run of Ultralytics comes with its arguments and its log`() async throws {
        try await withHouse(rooms: []) { house in
            let place = house.folder + "/runs/detect/train"
            try write(
                [
                    "args.yaml": "task: detect\nmodel: yolo11n.pt\nepochs: 3\n",
                    "results.csv": "epoch,time,train/box_loss\n1,2.5,1.9\n2,4.1,1.2\n", "weights/best.pt": "weights",
                ], in: place)
            #expect(try house.martlet(["import", place + "/", "--name", "shapes"]).code == 0)
            let manifest = try text(house.work + "/models/shapes/model.yaml")
            for line in ["task: detection", "path: \"best.pt\"", "log: \"training_log.csv\"", "params: params.yaml"] {
                #expect(manifest.contains(line), "\(manifest)")
            }
        }
    }

    @Test(arguments: [
        ("detect", "task: detection\n"), ("classify", "task: multiclass-classification\n"),
        ("segment", "task: binary-classification    # a guess"), ("obb", "# a guess"),
    ])
    func `a task of Ultralytics that Martlet has no word for is left to the user`(task: String, line: String)
        async throws
    {
        try await withHouse(rooms: []) { house in
            try write(["args.yaml": "task: \(task)\n", "weights/best.pt": "weights"], in: house.folder + "/train")
            #expect(try house.martlet(["import", house.folder + "/train"]).code == 0)
            let manifest = try text(house.work + "/models/train/model.yaml")
            #expect(manifest.contains(line), "\(manifest)")
        }
    }

    @Test func `of a run with several models one has to be named`() async throws {
        try await withHouse(rooms: []) { house in
            var run = Self.run
            run["outputs/m-aa00/meta.yaml"] = ""
            run["../models/m-aa00/artifacts/MLmodel"] = "flavors: {xgboost: {data: other.json}}\n"
            run["../models/m-aa00/artifacts/other.json"] = "{}\n"
            try write(run, in: house.folder + "/mlruns/0/9c3f")
            let several = try house.martlet(["import", house.folder + "/mlruns/0/9c3f", "--name", "a"])
            #expect(several.code == 1 && several.errors.contains("has 2 models; name the folder of one"), "\(several)")
            for name in ["m-aa00/artifacts", "m-cb38/artifacts"] { #expect(several.errors.contains(name)) }
            #expect(!FileManager.default.fileExists(atPath: house.work + "/models/a"))
            let one = house.folder + "/mlruns/0/models/m-aa00/artifacts"
            #expect(try house.martlet(["import", one, "--name", "a"]).code == 0)
        }
    }

    @Test(arguments: [
        (
            "python_function: {loader_module: mlflow.pyfunc.model, python_model: python_model.pkl}", "python_model.pkl",
            "format: pickle"
        ),
        (
            "python_function: {python_model: python_model.pkl, data: d, artifacts: {w: {path: artifacts/w}}}",
            "python_model.pkl", "format: pickle"
        ),
        ("tensorflow: {data: d, saved_model_dir: tf2model}", "tf2model", "format: savedmodel"),
        ("keras: {data: d}", "d", "format: other"),
    ])
    func `custom models of MLflow and SavedModels are known`(flavor: String, weights: String, format: String)
        async throws
    {
        try await withHouse(rooms: []) { house in
            try write(
                [
                    "MLmodel": "flavors:\n  \(flavor)\n", "python_model.pkl": "x", "d/a": "x",
                    "tf2model/saved_model.pb": "x",
                ], in: house.folder + "/m")
            let run = try house.martlet(["import", house.folder + "/m"])
            #expect(run.code == 0, "\(run)")
            let manifest = try text(house.work + "/models/m/model.yaml")
            #expect(manifest.contains("artifact: {path: \"\(weights)\", \(format)}"), "\(manifest)")
            let card = try text(house.work + "/models/m/README.md")
            #expect(card.contains("which were not brought") == flavor.contains("artifacts:"))
        }
    }

    @Test(arguments: [("tumor/sub", "would lie inside the model 'tumor'"), ("x", "would lie around the model 'x/y'")])
    func `no model is written inside another`(name: String, words: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")], models: ["tumor", "x/y"]) { house in
            try write(["w.onnx": "x"], in: house.folder)
            for model in ["tumor", "x/y"] {
                try write(["model.yaml": House.model(model)], in: house.work + "/models/" + model)
            }
            let run = try house.martlet(["import", house.folder + "/w.onnx", "--name", name])
            #expect(run.code == 2 && run.errors.contains(words), "\(run)")
            #expect(!FileManager.default.fileExists(atPath: "\(house.work)/models/\(name)/w.onnx"))
            #expect(try house.martlet(["import", house.folder + "/w.onnx", "--name", "tumors/sub"]).code == 0)
        }
    }

    @Test func `what cannot be imported is said, and leaves nothing behind`() async throws {
        try await withHouse(rooms: []) { house in
            let outside = house.folder + "/model.onnx"
            try write(["model.onnx": "x", "folder/readme.txt": "x"], in: house.folder)
            try write(["MLmodel": "flavors: {sklearn: {pickled_model: ../../model.onnx}}\n"], in: house.folder + "/bad")
            try write(["MLmodel": "flavors: {sklearn: {pickled_model: model.pkl}}\n"], in: house.folder + "/link")
            try FileManager.default.createSymbolicLink(
                atPath: house.folder + "/link/model.pkl", withDestinationPath: outside)
            for (arguments, code, words) in [
                ([house.folder + "/none"], 2, "there is no "),
                ([house.folder + "/folder"], 2, "is no folder of MLflow"),
                ([house.folder + "/bad", "--name", "a"], 1, "which is no file or folder in it"),
                ([house.folder + "/link", "--name", "a"], 1, "which is no file or folder in it"),
                ([outside, "--name", "../up"], 2, "is no name for a model"),
                ([outside, "--task", "regresion"], 2, "did you mean 'regression'?"),
                ([outside, "-C", house.origin], 2, "import into a clone"),
            ] {
                let run = try house.martlet(["import"] + arguments)
                #expect(run.code == code && run.errors.contains(words), "\(run)")
            }
            #expect(!FileManager.default.fileExists(atPath: house.work + "/models/a"))
            #expect(try house.martlet(["import", outside, "--task", "regression"]).code == 0)
            #expect(try text(house.work + "/models/model/model.yaml").contains("task: regression"))
            #expect(try house.martlet(["validate"]).code == 0)
        }
    }

    @Test func `links are followed neither out of what is imported nor out of the repository`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder, files = FileManager.default
            try write(["secret/key": "secret", "w.onnx": "x"], in: folder)
            func link(_ place: String, to target: String) throws {
                let url = URL(filePath: folder + "/" + place)
                try files.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try files.createSymbolicLink(
                    atPath: url.path(percentEncoded: false), withDestinationPath: folder + "/" + target)
            }
            for (name, weights) in [("a", "l/"), ("b", "l/key"), ("c", "."), ("d", "x/../l/key")] {
                try write(["MLmodel": "flavors: {xgboost: {data: \(weights)}}\n"], in: folder + "/" + name)
                try link(name + "/l", to: "secret")
                #expect(try house.martlet(["import", folder + "/" + name]).code == 1, "\(weights)")
            }
            try write(["MLmodel": "flavors: {pytorch: {model_data: data}}\n"], in: folder + "/e")
            try link("e/data/key", to: "secret/key")
            let inside = try house.martlet(["import", folder + "/e"])
            #expect(inside.code == 1 && inside.errors.contains("is a link"), "\(inside)")
            try write(
                ["args.yaml": "task: detect\n", "weights/best.pt": "x"], in: folder + "/run")
            try link("run/results.csv", to: "secret/key")
            #expect(try house.martlet(["import", folder + "/run"]).code == 0)
            #expect(!files.fileExists(atPath: house.work + "/models/run/training_log.csv"))
            try files.createDirectory(atPath: house.work + "/models", withIntermediateDirectories: true)
            try files.createSymbolicLink(
                atPath: house.work + "/models/out", withDestinationPath: folder + "/secret")
            let outside = try house.martlet(["import", folder + "/w.onnx", "--name", "out"])
            #expect(outside.code == 2 && outside.errors.contains("is a link"), "\(outside)")
            #expect(try files.contentsOfDirectory(atPath: folder + "/secret") == ["key"])
        }
    }

    @Test func `weights are no manifest, and what stopped in the middle leaves nothing`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder + "/h"
            try write(
                ["MLmodel": "flavors: {xgboost: {data: model.yaml}}\n", "model.yaml": "kind: Model\n"], in: folder)
            let named = try house.martlet(["import", folder])
            #expect(named.code == 2 && named.errors.contains("must not be called 'model.yaml'"), "\(named)")

            try write(
                ["MLmodel": "flavors: {pytorch: {model_data: data}}\n", "data/a.bin": "a"], in: house.folder + "/m")
            #expect(mkfifo(house.folder + "/m/data/b", 0o600) == 0)
            let pipe = try house.martlet(["import", house.folder + "/m"])
            #expect(pipe.code == 2 && pipe.errors.contains("is no plain file"), "\(pipe)")
            let left = try? FileManager.default.contentsOfDirectory(atPath: house.work + "/models/m")
            #expect(left ?? [] == [])
            try FileManager.default.removeItem(atPath: house.folder + "/m/data/b")
            #expect(try house.martlet(["import", house.folder + "/m"]).code == 0)
            #expect(try text(house.work + "/models/m/data/a.bin") == "a")
        }
    }

    @Test func `ids keep their digits, and nested metrics their names`() async throws {
        try await withHouse(rooms: []) { house in
            var run = Self.run
            run["params/commit"] = "0012345"
            run["params/hash"] = "1234567e2"
            run["metrics/val/auc"] = "1 0.75 1\n"
            try write(run, in: house.folder + "/mlruns/0/9c3f")
            #expect(try house.martlet(["import", house.folder + "/mlruns/0/9c3f", "--name", "null"]).code == 0)
            let folder = house.work + "/models/null"
            let parameters = try text(folder + "/params.yaml")
            #expect(
                parameters.contains("\"commit\": \"0012345\"\n") && parameters.contains("\"hash\": \"1234567e2\"\n"))
            #expect(try text(folder + "/metrics.json").contains("\"val/auc\": 0.75"))
            #expect(try house.martlet(["validate"]).code == 0)
        }
    }

    private func write(_ files: [String: String], in folder: String) throws {
        for (name, text) in files {
            let place = URL(filePath: folder + "/" + name).standardizedFileURL
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
