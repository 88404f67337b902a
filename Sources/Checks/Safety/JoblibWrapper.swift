/// The stand-in for an array in a joblib file; the array's own bytes follow the opcode that sets its state.
final class JoblibWrapper {
    static let name = "joblib.numpy_pickle.NumpyArrayWrapper"

    /// What follows between the opcodes.
    enum Payload: Hashable {
        /// A pickle of its own, with a stack and a memo of its own.
        case pickle
        /// So many bytes; where `padded`, after a byte that counts the padding, and the padding.
        case bytes(Int, padded: Bool)
    }

    private var isBuilt = false

    /// Only what joblib itself writes is understood: a member more could replace the method that reads the array.
    func build(_ state: PickleItem) throws(Malformed) -> Payload {
        guard !isBuilt, case .dictionary(let dictionary) = state, let members = dictionary.members,
            members.keys.allSatisfy(Self.keys.contains), case .global? = members["subclass"],
            case .tuple(let shape)? = members["shape"], case .dtype(let type)? = members["dtype"]
        else { throw Malformed("an array in it is not described as joblib does") }
        isBuilt = true
        guard let size = type.size else { throw Malformed("an array in it is of a type whose size is not known") }
        if type.holdsObjects {
            // A loader that maps files into memory would take the pickle for raw numbers.
            guard case .int(0)? = members["allow_mmap"] else { throw Malformed("objects in it are to be mapped") }
            return .pickle
        }
        return .bytes(try Self.count(shape, size), padded: try Self.isPadded(members["numpy_array_alignment_bytes"]))
    }

    private static let keys: Set<String> = [
        "subclass", "shape", "order", "dtype", "allow_mmap", "numpy_array_alignment_bytes",
    ]

    private static func count(_ shape: [PickleItem], _ size: Int) throws(Malformed) -> Int {
        var count = size
        for item in shape {
            guard case .int(let length) = item, length >= 0 else {
                throw Malformed("an array in it has a length that is not known")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw Malformed("an array in it claims more bytes than there can be") }
            count = product
        }
        return count
    }

    /// joblib before 1.2 knew no padding.
    private static func isPadded(_ alignment: PickleItem?) throws(Malformed) -> Bool {
        switch alignment {
        case nil, .some(.none): false
        case .int: true
        default: throw Malformed("an array in it has an alignment that is not known")
        }
    }
}
