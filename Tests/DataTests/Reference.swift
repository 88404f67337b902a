import Domain
import Foundation
import Testing

@testable import Data

/// The reference values beside this file, which `make_reference.py` computed with other people's libraries.
enum Reference {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference")
    static let fixtures = folder.appending(path: "../../Fixtures")

    static func json(_ name: String) throws -> JSON {
        try JSON(parsing: Array(Foundation.Data(contentsOf: folder.appending(path: name))))
    }

    static func fixture(_ path: String) throws -> [UInt8] {
        try Array(Foundation.Data(contentsOf: fixtures.appending(path: path)))
    }

    /// The rows of a list in `statistics.json` as numbers, NaN where there is none.
    static func rows(_ name: String) throws -> [[Double]] {
        let items = try #require(try json("statistics.json")[name]?.array)
        return items.map { $0.array?.map { $0.double ?? .nan } ?? [] }
    }

    static func near(_ value: Double, _ expected: Double, _ relative: Double = 1e-9) -> Bool {
        abs(value - expected) <= max(1e-12, relative * abs(expected))
    }

    /// Expects every member of `expected` in `actual`: numbers within 1e-9 relative or 1e-12, all else equal.
    static func expect(
        _ actual: JSON?, toAgreeWith expected: JSON, _ path: String, relative: Double = 1e-9,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        if let members = expected.members {
            for member in members {
                expect(
                    actual?[member.key], toAgreeWith: member.value, path + "." + member.key, relative: relative,
                    sourceLocation: sourceLocation)
            }
        } else if let number = expected.double {
            let value = actual?.double ?? .nan
            #expect(
                near(value, number, relative), "\(path): \(value), expected \(number)", sourceLocation: sourceLocation)
        } else if let items = expected.array {
            #expect(actual?.array?.count == items.count, "\(path)", sourceLocation: sourceLocation)
            for (index, item) in items.enumerated() {
                expect(
                    (actual?.array?.dropFirst(index).first).flatMap(\.self), toAgreeWith: item, path + "[\(index)]",
                    relative: relative, sourceLocation: sourceLocation)
            }
        } else {
            #expect(actual == expected, "\(path)", sourceLocation: sourceLocation)
        }
    }
}
