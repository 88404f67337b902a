// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that Martlet does not depend on what it is compared with.
let package = Package(
    name: "YamsBenchmark",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: [.executableTarget(name: "YamsBenchmark", dependencies: ["Yams"])])
