import Domain
import Engines
import Foundation

let release = Release(
    environment: "production", model: "lending/credit-risk",
    pin: Pin(revision: ObjectID("9f3c0b0000000000000000000000000000000000")!, version: "v1.4.0"), artifact: nil,
    digest: nil, format: .onnx, number: 1_795_000_000)

/// Real programs and real requests.
let realTools = Tools(
    run: LocalProcess.run, send: Curl(environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]).send,
    now: { Timestamp(seconds: 1_795_000_000) })

extension Plugin {
    init(settings: JSON) throws { try self.init(node: ManifestTree(settings)) }
}
