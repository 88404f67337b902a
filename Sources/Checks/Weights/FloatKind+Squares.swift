extension FloatKind {
    /// The sum of the squares of the numbers that are finite; `nil` of kinds of eight bits, whose scale stands elsewhere.
    func sumOfSquares(in bytes: [UInt8]) -> Double? {
        bytes.withUnsafeBytes { raw in
            switch self {
            case .float64: Self.squares(raw, UInt64.self) { Double(bitPattern: $0) }
            case .float32: Self.squares(raw, UInt32.self) { Double(Float(bitPattern: $0)) }
            case .bfloat16: Self.squares(raw, UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
            case .float16: Self.squares(raw, UInt16.self, Self.half)
            case .float8e4m3fn, .float8e5m2, .float8unsignedZero, .float8e8m0: nil
            }
        }
    }

    @inline(__always)
    private static func squares<Bits: FixedWidthInteger>(
        _ raw: UnsafeRawBufferPointer, _: Bits.Type, _ number: (Bits) -> Double
    ) -> Double {
        let width = MemoryLayout<Bits>.size
        var sum = 0.0
        for index in 0..<raw.count / width {
            let value = number(raw.loadUnaligned(fromByteOffset: index &* width, as: Bits.self).littleEndian)
            if value.isFinite { sum += value * value }
        }
        return sum
    }

    /// IEEE 754 binary16, which Swift has not on every machine: five bits of exponent with a bias of 15, ten of fraction.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10 & 0x1F), fraction = Double(bits & 0x3FF) / 1024
        let size =
            switch exponent {
            case 0: fraction * 0x1p-14
            case 0x1F: fraction == 0 ? Double.infinity : .nan
            default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits & 0x8000 == 0 ? size : -size
    }
}
