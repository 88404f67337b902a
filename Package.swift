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
func tests(of room: String, using others: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests",
        dependencies: [.target(name: room), "Domain", "TestSupport"] + others,
        swiftSettings: strict)
}

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    targets: [
        .target(name: "Domain", swiftSettings: strict)
    ],
    swiftLanguageModes: [.v6]
)
