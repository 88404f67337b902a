/// How a tensor's floating-point numbers are laid out, and how NaN and infinity look there.
enum FloatKind: Hashable {
    case float64, float32, float16, bfloat16
    /// One byte each: the OCP formats and their variants without infinity (arXiv:2209.05433, arXiv:2206.02915).
    case float8e4m3fn, float8e5m2, float8unsignedZero, float8e8m0

    var width: Int {
        switch self {
        case .float64: 8
        case .float32: 4
        case .float16, .bfloat16: 2
        case .float8e4m3fn, .float8e5m2, .float8unsignedZero, .float8e8m0: 1
        }
    }

    /// Counts what is not finite; `bytes` holds whole numbers, least significant byte first unless `bigEndian`.
    func nonFinite(in bytes: [UInt8], bigEndian: Bool = false) -> NonFinite {
        bytes.withUnsafeBytes { raw in
            switch self {
            case .float64: count(raw, UInt64.self, 0x7FF0_0000_0000_0000, 0x000F_FFFF_FFFF_FFFF, bigEndian)
            case .float32: count(raw, UInt32.self, 0x7F80_0000, 0x007F_FFFF, bigEndian)
            case .float16: count(raw, UInt16.self, 0x7C00, 0x03FF, bigEndian)
            case .bfloat16: count(raw, UInt16.self, 0x7F80, 0x007F, bigEndian)
            case .float8e5m2: count(raw, UInt8.self, 0x7C, 0x03, false)
            case .float8e4m3fn: NonFinite(nan: raw.reduce(0) { $0 + ($1 & 0x7F == 0x7F ? 1 : 0) })
            case .float8unsignedZero: NonFinite(nan: raw.reduce(0) { $0 + ($1 == 0x80 ? 1 : 0) })
            case .float8e8m0: NonFinite(nan: raw.reduce(0) { $0 + ($1 == 0xFF ? 1 : 0) })
            }
        }
    }

    @inline(__always)
    private func count<Bits: FixedWidthInteger>(
        _ raw: UnsafeRawBufferPointer, _: Bits.Type, _ exponent: Bits, _ fraction: Bits, _ swapped: Bool
    ) -> NonFinite {
        var special = 0, infinite = 0
        let width = MemoryLayout<Bits>.size
        for index in 0..<raw.count / width {
            let loaded = raw.loadUnaligned(fromByteOffset: index &* width, as: Bits.self)
            let bits = swapped ? loaded.byteSwapped : loaded
            if bits & exponent == exponent {
                special &+= 1
                if bits & fraction == 0 { infinite &+= 1 }
            }
        }
        return NonFinite(nan: special - infinite, infinite: infinite)
    }
}

/// How many numbers are NaN, and how many infinite.
struct NonFinite: Hashable {
    var nan = 0
    var infinite = 0

    var isEmpty: Bool { nan == 0 && infinite == 0 }

    static func + (one: NonFinite, other: NonFinite) -> NonFinite {
        NonFinite(nan: one.nan &+ other.nan, infinite: one.infinite &+ other.infinite)
    }

    /// `3 NaN and 1 infinite`.
    var text: String {
        [nan > 0 ? "\(nan) NaN" : nil, infinite > 0 ? "\(infinite) infinite" : nil].compactMap { $0 }
            .joined(separator: " and ")
    }
}
