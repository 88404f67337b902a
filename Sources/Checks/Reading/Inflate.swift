/// Decompresses a raw deflate stream (RFC 1951), up to a limit.
///
/// Written for untrusted bytes: every index is checked, and a bomb ends at `limit`.
struct Inflate {
    private let input: [UInt8]
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []
    private let limit: Int

    /// The decompressed bytes of the stream that starts at `start`.
    static func bytes(_ input: [UInt8], from start: Int = 0, atMost limit: Int) throws(Malformed) -> [UInt8] {
        try stream(input, from: start, atMost: limit).bytes
    }

    /// The same, and where the stream ends.
    static func stream(
        _ input: [UInt8], from start: Int, atMost limit: Int
    ) throws(Malformed) -> (bytes: [UInt8], end: Int) {
        var inflate = Inflate(input: input, position: start, limit: limit)
        while try !inflate.block() {}
        return (inflate.output, inflate.position)
    }

    /// The first decompressed bytes, `count` of them where there are so many.
    static func start(_ input: [UInt8], count: Int) throws(Malformed) -> [UInt8] {
        // A stored block comes whole, with up to 65,535 bytes.
        var inflate = Inflate(input: input, position: 0, limit: count + 65_536)
        do throws(Malformed) { while inflate.output.count < count, try !inflate.block() {} } catch {
            guard inflate.output.count >= count else { throw error }
        }
        return Array(inflate.output.prefix(count))
    }

    private init(input: [UInt8], position: Int, limit: Int) {
        self.input = input
        self.position = position
        self.limit = limit
    }

    /// One block; `true` after the last.
    private mutating func block() throws(Malformed) -> Bool {
        let last = try take(1) == 1
        switch try take(2) {
        case 0: try stored()
        case 1: try compressed(Self.fixedLiterals, Self.fixedDistances)
        case 2:
            let (literals, distances) = try tables()
            try compressed(literals, distances)
        default: throw Malformed("its compressed data has a block of no known type")
        }
        return last
    }

    private mutating func take(_ count: Int) throws(Malformed) -> Int {
        while bitCount < count {
            guard position < input.count else { throw Malformed("its compressed data is cut off") }
            bits |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = bits & ((1 << UInt32(count)) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func stored() throws(Malformed) {
        bits = 0
        bitCount = 0
        guard position + 4 <= input.count else { throw Malformed("its compressed data is cut off") }
        let length = Int(input[position]) | Int(input[position + 1]) << 8
        let check = Int(input[position + 2]) | Int(input[position + 3]) << 8
        position += 4
        guard length ^ check == 0xFFFF, position + length <= input.count else {
            throw Malformed("its compressed data is damaged")
        }
        try room(for: length)
        output += input[position..<position + length]
        position += length
    }

    private func room(for count: Int) throws(Malformed) {
        guard output.count + count <= limit else { throw Malformed("it decompresses to more than \(limit) bytes") }
    }

    private mutating func compressed(_ literals: Huffman, _ distances: Huffman) throws(Malformed) {
        while true {
            let symbol = try self.symbol(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                try room(for: 1)
                output.append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < Self.lengths.count else { throw Malformed("its compressed data is damaged") }
            let length = Self.lengths[symbol - 257] + (try take(Self.lengthBits[symbol - 257]))
            let code = try self.symbol(distances)
            guard code < Self.distances.count else { throw Malformed("its compressed data is damaged") }
            let distance = Self.distances[code] + (try take(Self.distanceBits[code]))
            guard distance <= output.count else { throw Malformed("its compressed data is damaged") }
            try room(for: length)
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func symbol(_ code: Huffman) throws(Malformed) -> Int {
        var value = 0, first = 0, index = 0
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Malformed("its compressed data is damaged")
    }

    private mutating func tables() throws(Malformed) -> (Huffman, Huffman) {
        let literals = try take(5) + 257, distances = try take(5) + 1, codes = try take(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<codes { lengths[Self.order[index]] = try take(3) }
        let code = Huffman(lengths)
        lengths = []
        while lengths.count < literals + distances {
            let symbol = try self.symbol(code)
            switch symbol {
            case 0..<16: lengths.append(symbol)
            case 16:
                guard let last = lengths.last else { throw Malformed("its compressed data is damaged") }
                lengths += Array(repeating: last, count: 3 + (try take(2)))
            case 17: lengths += Array(repeating: 0, count: 3 + (try take(3)))
            default: lengths += Array(repeating: 0, count: 11 + (try take(7)))
            }
        }
        guard lengths.count == literals + distances else { throw Malformed("its compressed data is damaged") }
        return (Huffman(lengths[..<literals]), Huffman(lengths[literals...]))
    }

    /// A canonical Huffman code: how many codes there are of each length, and the symbols in order.
    private struct Huffman {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int]

        init(_ lengths: some Collection<Int>) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var offsets = [Int](repeating: 0, count: 17)
            for length in 1...15 { offsets[length + 1] = offsets[length] + counts[length] }
            symbols = [Int](repeating: 0, count: max(lengths.count, 1 << 1))
            for (symbol, length) in lengths.enumerated() where length > 0 {
                symbols[offsets[length]] = symbol
                offsets[length] += 1
            }
        }
    }

    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLiterals = Huffman(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Huffman(Array(repeating: 5, count: 30))
}
