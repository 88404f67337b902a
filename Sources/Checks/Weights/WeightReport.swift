/// What was seen in the weights of one file.
struct WeightReport: Hashable {
    /// The tensors that hold a number that is not finite.
    var broken: [Tensor] = []
    var tensors = 0
    var values = 0
    /// Data of tensors that lies in other files, by the path that the file itself names.
    var external: [External] = []
    /// What could not be looked at, each as a sentence.
    var unseen: [String] = []

    struct Tensor: Hashable {
        var name: String
        var count: NonFinite
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
    }

    /// Notes a tensor of `values` numbers.
    mutating func add(_ name: String, values: Int, _ count: NonFinite, row: Int? = nil) {
        tensors += 1
        self.values &+= values
        if !count.isEmpty { broken.append(Tensor(name: name, count: count, row: row)) }
    }

    /// Scans `length` bytes from `offset`, a mebibyte at a time.
    mutating func scan(
        _ name: String, _ kind: FloatKind, in source: ByteSource, at offset: Int, length: Int, bigEndian: Bool = false
    ) throws(Malformed) {
        guard length % kind.width == 0 else {
            throw Malformed("tensor '\(name)' has \(length) bytes, which is no whole number of \(kind) values")
        }
        var count = NonFinite()
        var done = 0
        while done < length {
            let step = min(1 << 20, length - done)
            let bytes = try source.bytes(at: offset &+ done, count: step)
            count = count + kind.nonFinite(in: bytes, bigEndian: bigEndian)
            done += step
        }
        add(name, values: length / kind.width, count)
    }
}
