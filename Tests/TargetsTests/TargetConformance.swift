import Domain
import Foundation
import TestSupport
import Testing

/// Two versions of a model and their removal, as a controller hands them to a target.
struct Releases: Sendable {
    let first: Release
    let second: Release
    let nothing: Release
    let firstBytes: [UInt8]
    let secondBytes: [UInt8]

    init(in scratch: ScratchFolder, model: String = "lending/credit-risk", size: Int = 20_000) throws {
        try self.init(in: scratch.path, model: model, size: size)
        for (release, bytes) in [(first, firstBytes), (second, secondBytes)] {
            let path = try #require(release.artifact).path
            try scratch.write(bytes, to: String(path.dropFirst(scratch.path.count + 1)))
        }
    }

    /// The same, whose artifacts have been written to the folder already.
    init(in folder: String, model: String = "lending/credit-risk", size: Int = 20_000) throws {
        firstBytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        secondBytes = (0..<size + 5).map { UInt8(truncatingIfNeeded: $0 &* 11) }
        first = try Self.release(firstBytes, model, number: 1_795_000_000, folder)
        second = try Self.release(secondBytes, model, number: 1_795_000_777, folder)
        nothing = Self.nothing(of: model, ranBefore: false)
    }

    /// The removal as it is where a version is known to have run well.
    func nothing(ranBefore: Bool) -> Release { Self.nothing(of: nothing.model, ranBefore: ranBefore) }

    private static func nothing(of model: String, ranBefore: Bool) -> Release {
        Release(
            environment: "production", model: model, pin: Pin(revision: .zero), artifact: nil, digest: nil, format: nil,
            number: 0, ranBefore: ranBefore)
    }

    static func release(
        _ bytes: [UInt8], _ model: String, number: Int, _ scratch: ScratchFolder, format: ModelFormat = .onnx
    ) throws -> Release {
        try scratch.write(bytes, to: "artifacts/\(SHA256.digest(of: bytes).digits)")
        return try release(bytes, model, number: number, scratch.path, format: format)
    }

    private static func release(
        _ bytes: [UInt8], _ model: String, number: Int, _ folder: String, format: ModelFormat = .onnx
    ) throws -> Release {
        let digest = SHA256.digest(of: bytes)
        let path = "\(folder)/artifacts/\(digest.digits)"
        let artifact = Artifact(path: path, isFolder: false, size: bytes.count, digest: digest)
        let revision = try #require(ObjectID(String(digest.digits.prefix(40))))
        return Release(
            environment: "production", model: model,
            pin: Pin(revision: revision, version: "v\(number)", digest: digest),
            artifact: artifact, digest: digest, format: format, number: number)
    }
}

/// What a controller without network, with real programs, hands to a target.
let localTools = Tools(
    run: runForTests, send: { _ in throw CancellationError() }, secret: { $0 == "TOKEN" ? "hidden" : nil },
    now: { Timestamp(seconds: 1_795_000_000) })

/// The promises of every target. `read` is what a reader of the target sees.
func expectConformance(of target: any Target, _ releases: Releases, read: () throws -> [UInt8]?) async throws {
    func look(_ release: Release) async throws -> Running { try await target.observe(release, using: localTools) }
    func apply(_ release: Release) async throws { try await target.apply(release, using: localTools) }

    #expect(try await look(releases.first) == .nothing, "it starts empty")
    #expect(try await look(releases.nothing) == .nothing)
    try await apply(releases.nothing)
    #expect(try await look(releases.first) == .nothing, "removing nothing does nothing")

    for _ in 1...2 {
        try await apply(releases.first)
        #expect(try await look(releases.first) == .asWanted)
        #expect(try read() == releases.firstBytes, "applying twice is harmless")
    }
    guard case .other(let words) = try await look(releases.second) else {
        Issue.record("another version is not what is wanted")
        return
    }
    #expect(!words.isEmpty)

    try await apply(releases.second)
    #expect(try await look(releases.second) == .asWanted)
    #expect(try read() == releases.secondBytes)

    try await apply(releases.first)
    #expect(try await look(releases.first) == .asWanted, "a rollback is an ordinary release")
    #expect(try read() == releases.firstBytes)

    for _ in 1...2 {
        try await apply(releases.nothing)
        #expect(try await look(releases.nothing) == .nothing, "removing twice is harmless")
        #expect(try read() == nil)
    }
    try await apply(releases.second)
    #expect(try read() == releases.secondBytes, "it can come back")
}
