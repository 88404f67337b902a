import Domain

/// One file of weights, in whichever format its name or its declared format says.
struct WeightFile {
    let name: String
    let format: Format
    let source: RandomAccessBytes

    enum Format: String {
        case onnx, safetensors, gguf, json, npy, npz
    }

    /// `nil` where the format has no weights that can be read without running the file.
    init?(_ source: RandomAccessBytes, name: String, declared: ModelFormat? = nil) {
        let byName = name.split(separator: ".").last.flatMap { Format(rawValue: $0.lowercased()) }
        guard let format = declared.flatMap({ Format(rawValue: $0.rawValue) }) ?? byName else { return nil }
        self.name = name
        self.format = format
        self.source = source
    }

    func report() throws(Malformed) -> WeightReport {
        switch format {
        case .onnx: return try ONNXWeights.report(on: source)
        case .safetensors: return try SafetensorsWeights.report(on: source)
        case .gguf: return try GGUFWeights.report(on: source)
        case .json: return try JSONWeights.report(on: source)
        case .npy: return try NumPyWeights.report(on: source, named: name)
        case .npz: return try archive()
        }
    }

    private func archive() throws(Malformed) -> WeightReport {
        let zip = try ZipDirectory(source)
        var report = WeightReport()
        for entry in zip.entries where entry.name.hasSuffix(".npy") {
            let part: WeightReport
            if entry.method == 0 {
                part = try NumPyWeights.report(
                    on: source, named: entry.name, at: try zip.dataStart(of: entry), length: entry.size)
            } else {
                let bytes = try zip.bytes(of: entry, atMost: 1 << 30)
                part = try NumPyWeights.report(on: RandomAccessBytes(bytes), named: entry.name)
            }
            report.merge(part)
        }
        return report
    }
}

extension WeightReport {
    mutating func merge(_ other: WeightReport) {
        odd += other.odd
        tensors += other.tensors
        values &+= other.values
        counts = counts + other.counts
        external += other.external
        unseen += other.unseen
    }
}
