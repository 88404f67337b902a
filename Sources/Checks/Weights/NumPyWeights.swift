/// Finds the numbers in a NumPy `.npy` array that are not finite (format 1.0 to 3.0).
enum NumPyWeights {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    static func report(
        on source: RandomAccessBytes, named name: String, at offset: Int = 0, length: Int? = nil
    ) throws(Malformed) -> WeightReport {
        let end = offset + (length ?? source.size - offset)
        guard end - offset >= 12, try source.bytes(at: offset, count: 6) == magic else {
            throw Malformed("it is no .npy array")
        }
        let wide = try source.byte(at: offset + 6) >= 2
        let sized = try source.bytes(at: offset + 8, count: wide ? 4 : 2)
        let headerLength = sized.reversed().reduce(0) { $0 << 8 | Int($1) }
        let data = offset + 8 + sized.count + headerLength
        guard data <= end, headerLength <= 1 << 20 else { throw Malformed("its header reaches beyond its end") }
        let header = try source.bytes(at: offset + 8 + sized.count, count: headerLength)
        let text = String(decoding: header, as: UTF8.self)
        let descr = try dtype(text)
        var report = WeightReport()
        guard let (kind, bigEndian) = kind(of: descr) else {
            report.tensors += 1
            if descr.contains("O") || descr.hasPrefix("[") {
                report.unseen.append("array '\(name)' has the type \(descr), which may hold pickled objects")
            }
            return report
        }
        try report.scan(
            name, kind, in: source, at: data, length: end - data, bigEndian: bigEndian, isMatrix: shape(text).isMatrix)
        return report
    }

    /// `<f4` out of `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`.
    private static func dtype(_ header: String) throws(Malformed) -> String {
        guard let range = header.firstRange(of: "'descr':") else { throw Malformed("its header names no type") }
        let rest = header[range.upperBound...].drop { $0 == " " }
        guard rest.first == "'" else { return String(rest.prefix(60)) }
        return String(rest.dropFirst().prefix { $0 != "'" })
    }

    /// `(3, 4)` out of the same.
    private static func shape(_ header: String) -> [Int] {
        guard let range = header.firstRange(of: "'shape':") else { return [] }
        let inside = header[range.upperBound...].drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
        return inside.split(separator: ",").compactMap { Int($0.drop { $0 == " " }) }
    }

    private static func kind(of descr: String) -> (FloatKind, Bool)? {
        let bigEndian = descr.hasPrefix(">")
        switch descr.drop(while: { "<>=|".contains($0) }) {
        case "f2": return (.float16, bigEndian)
        case "f4", "c8": return (.float32, bigEndian)
        case "f8", "c16": return (.float64, bigEndian)
        default: return nil
        }
    }
}
