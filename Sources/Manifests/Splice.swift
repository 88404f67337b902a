/// Bytes that take the place of others.
struct Splice {
    var range: Range<Int>
    var text: [UInt8]

    /// The bytes with every splice made, or `nil` where two of them overlap. Those at one place keep their order.
    static func apply(_ splices: [Splice], to bytes: [UInt8]) -> [UInt8]? {
        let ordered = splices.enumerated().sorted {
            ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
        }
        var result: [UInt8] = []
        var position = 0
        for (_, splice) in ordered {
            guard splice.range.lowerBound >= position, splice.range.upperBound <= bytes.count else { return nil }
            result += bytes[position..<splice.range.lowerBound]
            result += splice.text
            position = splice.range.upperBound
        }
        return result + bytes[position...]
    }
}
