import Domain

/// Finds the numbers in a safetensors file that are not finite, and a header that does not fit its data.
enum SafetensorsWeights {
    private static let kinds: [String: FloatKind] = [
        "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "F8_E4M3": .float8e4m3fn,
        "F8_E5M2": .float8e5m2, "F8_E8M0": .float8e8m0, "C64": .float32,
    ]
    private static let others: Set<String> = ["BOOL", "U8", "I8", "I16", "U16", "I32", "U32", "I64", "U64"]

    /// Where a tensor's numbers are in the file.
    struct Tensor {
        let name: String
        let type: String
        /// `nil` where they are no floating-point numbers.
        let kind: FloatKind?
        let start: Int
        let length: Int
        let isMatrix: Bool
    }

    static func report(on source: RandomAccessBytes) throws(Malformed) -> WeightReport {
        var report = WeightReport()
        for tensor in try tensors(of: source) {
            if let kind = tensor.kind {
                try report.scan(
                    tensor.name, kind, in: source, at: tensor.start, length: tensor.length, isMatrix: tensor.isMatrix)
            } else if others.contains(tensor.type) {
                report.tensors += 1
            } else {
                report.unseen.append("tensor '\(tensor.name)' has the type \(tensor.type), which is not known")
            }
        }
        return report
    }

    /// In the order of the header.
    static func tensors(of source: RandomAccessBytes) throws(Malformed) -> [Tensor] {
        let length = try headerLength(of: source)
        let text = try source.bytes(at: 8, count: length)
        let header: JSON
        do throws(JSON.SyntaxError) { header = try JSON(parsing: text) } catch {
            throw Malformed("its header is no JSON at byte \(error.offset + 8): \(error.message)")
        }
        guard let members = header.members else { throw Malformed("its header is no JSON object") }
        var tensors: [Tensor] = []
        var ranges: [(start: Int, end: Int, name: String)] = []
        for member in members where member.key != "__metadata__" {
            let (dtype, start, end, isMatrix) = try entry(member.key, member.value, within: source.size - 8 - length)
            ranges.append((start, end, member.key))
            tensors.append(
                Tensor(
                    name: member.key, type: dtype, kind: kinds[dtype], start: 8 + length + start, length: end - start,
                    isMatrix: isMatrix))
        }
        try requireContiguous(ranges, size: source.size - 8 - length)
        return tensors
    }

    private static func headerLength(of source: RandomAccessBytes) throws(Malformed) -> Int {
        let first = try source.bytes(at: 0, count: 8)
        let length = first.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= 100_000_000, length <= UInt64(source.size - 8) else {
            throw Malformed("its header claims \(length) bytes, expected at most 100 MB and what the file holds")
        }
        return Int(length)
    }

    private static func entry(
        _ name: String, _ value: JSON, within size: Int
    ) throws(Malformed) -> (String, Int, Int, isMatrix: Bool) {
        guard let dtype = value["dtype"]?.string, let shape = value["shape"]?.array?.map(\.int),
            let offsets = value["data_offsets"]?.array?.map(\.int), offsets.count == 2,
            let start = offsets[0], let end = offsets[1]
        else { throw Malformed("tensor '\(name)' has no dtype, shape and data_offsets") }
        guard start >= 0, start <= end, end <= size else {
            throw Malformed("tensor '\(name)' claims bytes \(start) to \(end) of \(size)")
        }
        var values = 1
        for side in shape {
            guard let side, side >= 0, case let (product, overflow) = values.multipliedReportingOverflow(by: side),
                !overflow
            else { throw Malformed("tensor '\(name)' has no valid shape") }
            values = product
        }
        if let width = kinds[dtype].map({ dtype == "C64" ? 8 : $0.width }), (end - start) / width != values {
            throw Malformed("tensor '\(name)' has \(end - start) bytes, expected \(values) values of \(width)")
        }
        return (dtype, start, end, shape.compactMap(\.self).isMatrix)
    }

    /// The format asks for data without holes or overlaps: what nobody names could hide anything.
    private static func requireContiguous(
        _ ranges: [(start: Int, end: Int, name: String)], size: Int
    ) throws(Malformed) {
        var position = 0
        for range in ranges.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            guard range.start == position else {
                throw Malformed(
                    "tensor '\(range.name)' starts at byte \(range.start) of the data, expected \(position)")
            }
            position = range.end
        }
        guard position == size else { throw Malformed("\(size - position) bytes of its data belong to no tensor") }
    }
}
