import Domain

extension Subject {
    /// The features that an ONNX artifact names as its inputs. `nil` where it has another format, or takes one matrix, which says
    /// nothing about single features.
    func namedInputs() async throws -> [String]? {
        let pointer = manifest.artifact
        guard pointer.format == .onnx || pointer.path?.hasSuffix(".onnx") == true else { return nil }
        let artifact = try await tools.artifact(version, pointer)
        let inputs = artifact.isFolder ? [] : try ONNXInputs.names(RandomAccessBytes(path: artifact.path))
        let isNamed = inputs.count > 1 || schema?.columns.contains { inputs.contains($0.name) } == true
        return isNamed ? inputs : nil
    }
}
