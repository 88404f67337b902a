/// How a tensor's floating-point numbers are laid out, and how NaN, infinity, zero and denormal numbers look there.
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

    /// Counts what is not finite, zero or denormal; `bytes` holds whole numbers, least significant byte first unless `bigEndian`.
    ///
    /// Denormal numbers of 16 bits with a short exponent, and of 8, are weights like any other.
    func counts(in bytes: [UInt8], bigEndian: Bool = false) -> FloatCounts {
        bytes.withUnsafeBytes { raw in
            switch self {
            case .float64: return count(raw, UInt64.self, 0x7FF0_0000_0000_0000, 0x000F_FFFF_FFFF_FFFF, bigEndian)
            case .float32: return count(raw, UInt32.self, 0x7F80_0000, 0x007F_FFFF, bigEndian)
            case .bfloat16: return count(raw, UInt16.self, 0x7F80, 0x007F, bigEndian)
            case .float16: return withoutDenormals(count(raw, UInt16.self, 0x7C00, 0x03FF, bigEndian))
            case .float8e5m2: return withoutDenormals(count(raw, UInt8.self, 0x7C, 0x03, false))
            case .float8e4m3fn:
                return FloatCounts(
                    nan: raw.reduce(0) { $0 + ($1 & 0x7F == 0x7F ? 1 : 0) },
                    zeros: raw.reduce(0) { $0 + ($1 & 0x7F == 0 ? 1 : 0) })
            case .float8unsignedZero:
                return FloatCounts(
                    nan: raw.reduce(0) { $0 + ($1 == 0x80 ? 1 : 0) }, zeros: raw.reduce(0) { $0 + ($1 == 0 ? 1 : 0) })
            // Powers of two only: there is no zero.
            case .float8e8m0: return FloatCounts(nan: raw.reduce(0) { $0 + ($1 == 0xFF ? 1 : 0) })
            }
        }
    }

    private func withoutDenormals(_ counts: FloatCounts) -> FloatCounts {
        FloatCounts(nan: counts.nan, infinite: counts.infinite, zeros: counts.zeros)
    }

    @inline(__always)
    private func count<Bits: FixedWidthInteger>(
        _ raw: UnsafeRawBufferPointer, _: Bits.Type, _ exponent: Bits, _ fraction: Bits, _ swapped: Bool
    ) -> FloatCounts {
        var special = 0, infinite = 0, zeros = 0, small = 0
        let width = MemoryLayout<Bits>.size
        for index in 0..<raw.count / width {
            let loaded = raw.loadUnaligned(fromByteOffset: index &* width, as: Bits.self)
            let size = (swapped ? loaded.byteSwapped : loaded) & (exponent | fraction)
            special &+= size >= exponent ? 1 : 0
            infinite &+= size == exponent ? 1 : 0
            zeros &+= size == 0 ? 1 : 0
            small &+= size <= fraction ? 1 : 0
        }
        return FloatCounts(
            nan: special - infinite, infinite: infinite, zeros: zeros, denormals: small - zeros)
    }
}
