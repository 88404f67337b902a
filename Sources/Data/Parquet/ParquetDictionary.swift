/// The values of a dictionary page, which other pages pick by their numbers.
enum ParquetDictionary {
    case numbers([Double])
    case texts(ParquetTexts)

    init(_ values: ParquetValues) {
        switch values {
        case .numbers(let numbers): self = .numbers(numbers)
        case .texts(let bytes, let ranges): self = .texts(ParquetTexts(bytes, ranges))
        case .picked(let texts, _): self = .texts(texts)
        }
    }

    /// The values of these numbers, of which each must be there.
    func picked(_ indices: [UInt32]) throws(DataError) -> ParquetValues {
        let count =
            switch self {
            case .numbers(let numbers): UInt32(clamping: numbers.count)
            case .texts(let texts): UInt32(clamping: texts.spans.count)
            }
        guard indices.allSatisfy({ $0 < count }) else { throw ParquetPage.damaged }
        switch self {
        case .numbers(let numbers): return .numbers(indices.map { numbers[Int($0)] })
        case .texts(let texts): return .picked(texts, indices)
        }
    }
}

/// The texts of a dictionary, each hashed once however many rows have it: one text of 50 MB may stand for a million rows.
///
/// Known by its identity, so that what else was worked out for a page holds for the next.
final class ParquetTexts: Sendable {
    let bytes: [UInt8]
    let spans: [TextSpan]

    init(_ bytes: [UInt8], _ ranges: [Range<Int>]) {
        self.bytes = bytes
        spans = bytes.withUnsafeBytes { bytes in
            ranges.map { TextSpan(start: $0.lowerBound, UnsafeRawBufferPointer(rebasing: bytes[$0])) }
        }
    }
}
