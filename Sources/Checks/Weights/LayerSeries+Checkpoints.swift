import Data
import Domain

extension LayerSeries {
    /// Fewer weights may all be zero by chance or rounding.
    private static let fewWeights = 100

    /// Adds what a checkpoint holds to the layers that those before it had; safetensors only, of which nothing is loaded.
    static func add(_ source: RandomAccessBytes, _ path: String, number: Int, to all: inout [LayerSeries])
        throws(Malformed)
    {
        var places: [ExactText: Int] = [:]
        for (place, layer) in all.enumerated() { places[ExactText(layer.name)] = place }
        for tensor in try SafetensorsWeights.tensors(of: source) {
            guard let kind = tensor.kind else { continue }
            let place = places[ExactText(tensor.name)] ?? all.count
            if place == all.count { all.append(LayerSeries(name: tensor.name, kind: "weights")) }
            all[place].steps.append(try step(tensor, kind, source, path, number))
        }
    }

    /// Reads the numbers a mebibyte at a time.
    private static func step(
        _ tensor: SafetensorsWeights.Tensor, _ kind: FloatKind, _ source: RandomAccessBytes, _ path: String,
        _ number: Int
    ) throws(Malformed) -> Step {
        var step = Step(number: Double(number), title: "checkpoint \(number)", file: path)
        var squares: Double? = 0, done = 0
        while done < tensor.length {
            let bytes = try source.bytes(at: tensor.start + done, count: min(1 << 20, tensor.length - done))
            step.counts = step.counts + kind.counts(in: bytes)
            squares = kind.sumOfSquares(in: bytes).flatMap { more in squares.map { $0 + more } }
            done += bytes.count
        }
        // Squares of the greatest doubles are beyond all numbers, though these are finite.
        step.norm = squares.map { $0.squareRoot() }.flatMap { $0.isFinite ? $0 : nil }
        let values = tensor.length / kind.width
        if tensor.isMatrix, values >= fewWeights { step.zeros = Double(step.counts.zeros) / Double(values) }
        return step
    }
}
