// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// A room of the house. It may use `Domain`, and of the others only those it names.
func room(_ name: String, uses others: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: ["Domain"] + others, swiftSettings: strict)
}

/// The tests of a room. They may use `Domain`, `TestSupport`, and of the others those they name.
func tests(of room: String, using others: [Target.Dependency] = [], excluding files: [String] = []) -> Target {
    .testTarget(
        name: "\(room)Tests",
        dependencies: [.target(name: room), "TestSupport"] + (room == "Domain" ? [] : ["Domain"]) + others,
        exclude: files, swiftSettings: strict)
}

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "martlet", targets: ["martlet"]), .executable(name: "martlet-web", targets: ["martlet-web"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CCompression",
            providers: [.apt(["zlib1g-dev", "libzstd-dev", "libsnappy-dev", "liblz4-dev"])]),
        .systemLibrary(name: "CVector"),
        .target(name: "CGitShims", dependencies: ["CLibgit2"], linkerSettings: [.linkedLibrary("z")]),
        .target(name: "CAssets"),
        .target(name: "Domain", swiftSettings: strict),
        room("Git", uses: ["CLibgit2", "CGitShims"]),
        room("Manifests", uses: ["CLibyaml"]),
        room("Data", uses: ["CCompression", "CVector"]),
        room("Checks", uses: ["Data"]),
        room("Gates"),
        room("Artifacts"),
        room("Engines"),
        room("Forges"),
        room("Notifiers"),
        room("Targets"),
        room("Monitors"),
        room("ControlLoop"),
        room(
            "WebServer",
            uses: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "CAssets", "Domain", "Git", "Manifests", "Data", "Checks", "Gates", "Artifacts", "Engines", "Forges",
                "Notifiers", "Targets", "Monitors", "ControlLoop",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "martlet-web",
            dependencies: [
                "Domain", "Engines", "WebServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(name: "TestSupport", dependencies: ["Domain"], path: "Tests/TestSupport", swiftSettings: strict),
        tests(of: "Domain"),
        tests(of: "Git"),
        tests(of: "Manifests"),
        tests(of: "Data", excluding: ["Reference"]),
        tests(of: "Checks", using: ["Data", "Engines", "Manifests"], excluding: ["Reference"]),
        tests(of: "Gates"),
        tests(of: "Artifacts", using: ["Git", "Manifests"]),
        tests(of: "Engines"),
        tests(of: "Forges", using: ["Engines"], excluding: ["Descriptions", "Emulator", "Recorded", "Reference"]),
        tests(of: "Notifiers", using: ["Engines"]),
        tests(of: "Targets"),
        tests(of: "Monitors", using: ["Engines"]),
        tests(of: "ControlLoop", using: ["Git", "Manifests", "Gates", "Engines", "Monitors", "Forges", "Notifiers"]),
        tests(of: "WebServer", using: ["Engines"]),
        .testTarget(
            name: "martletTests", dependencies: ["martlet", "Domain", "Data", "Engines", "Git", "TestSupport"],
            exclude: ["Reference"],
            swiftSettings: strict),
        .testTarget(
            name: "DemoTests", dependencies: ["martlet", "CAssets", "Domain", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "LayoutTests", dependencies: ["Domain", "Manifests"], swiftSettings: strict),
        .executableTarget(
            name: "LoopBenchmark",
            dependencies: ["Domain", "Git", "Manifests", "Checks", "Gates", "ControlLoop"],
            path: "Benchmarks/LoopBenchmark", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["Domain", "Git", "Manifests", "Data", "Checks", "Gates", "Artifacts"],
            exclude: ["Corpus", "fuzz.sh"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// The same readers as a program that libFuzzer drives (`make fuzz`).
if Context.environment["MARTLET_FUZZ"] != nil, let tests = package.targets.firstIndex(where: { $0.name == "FuzzTests" })
{
    package.targets[tests] = .executableTarget(
        name: "ReaderFuzzer", dependencies: package.targets[tests].dependencies, path: "Tests/FuzzTests",
        exclude: ["Corpus", "fuzz.sh"], swiftSettings: strict + [.define("FUZZER")])
}
