/// How many bytes may still be expanded of one file and of the archives in it.
final class ByteBudget {
    private(set) var left: Int

    init(_ bytes: Int = 4 << 30) { left = bytes }

    func take(_ count: Int) throws(Malformed) {
        guard count <= left else { throw Malformed("it expands to more than can be read") }
        left -= count
    }
}
