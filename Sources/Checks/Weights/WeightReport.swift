/// What was seen in the weights of one file.
struct WeightReport: Hashable {
    /// The tensors that hold something odd: a number that is not finite or denormal, or zeros in half of a matrix.
    var odd: [Tensor] = []
    var tensors = 0
    var values = 0
    /// Of all tensors.
    var counts = FloatCounts()
    /// Data of tensors that lies in other files, by the path that the file itself names.
    var external: [External] = []
    /// What could not be looked at, each as a sentence.
    var unseen: [String] = []

    struct Tensor: Hashable {
        var name: String
        var values: Int
        var counts: FloatCounts
        /// Whether two of its dimensions or more have more than one number, as weights between units have, and biases have not.
        var isMatrix = false
        /// The first row, from 1, that has no numbers at all where others have some.
        var row: Int? = nil
    }

    struct External: Hashable {
        var tensor: String
        var path: String
        var offset: Int
        /// `nil` means up to the end.
        var length: Int?
        var kind: FloatKind
        var isMatrix = false
    }

    /// Notes a tensor of `values` numbers.
    mutating func add(
        _ name: String, values: Int, _ counts: FloatCounts, row: Int? = nil, isMatrix: Bool = false
    ) {
        tensors += 1
        self.values &+= values
        self.counts = self.counts + counts
        guard !counts.isFinite || counts.denormals > 0 || isMatrix && counts.zeros >= values - counts.zeros else {
            return
        }
        odd.append(Tensor(name: name, values: values, counts: counts, isMatrix: isMatrix, row: row))
    }

    /// Scans `length` bytes from `offset`, a mebibyte at a time.
    mutating func scan(
        _ name: String, _ kind: FloatKind, in source: RandomAccessBytes, at offset: Int, length: Int,
        bigEndian: Bool = false,
        isMatrix: Bool = false
    ) throws(Malformed) {
        guard length % kind.width == 0 else {
            throw Malformed("tensor '\(name)' has \(length) bytes, which is no whole number of \(kind) values")
        }
        var counts = FloatCounts()
        var done = 0
        while done < length {
            let step = min(1 << 20, length - done)
            let bytes = try source.bytes(at: offset &+ done, count: step)
            counts = counts + kind.counts(in: bytes, bigEndian: bigEndian)
            done += step
        }
        add(name, values: length / kind.width, counts, isMatrix: isMatrix)
    }
}

extension Sequence<Int> {
    /// Whether these dimensions are those of a matrix, or of more.
    var isMatrix: Bool { count { $0 > 1 } > 1 }
}
