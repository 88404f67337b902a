/// The memory that columns of unique values share, and the temporary file for what does not fit there.
public final class KeyRoom {
    private let bytes: Int
    private let folder: String
    private var columns = 0
    private var used = 0
    private var file: SpillFile?

    /// - Parameter bytes: About how much all columns together keep in memory. While a part is sorted it takes twice as much.
    public init(bytes: Int = 64 << 20, folder: String = "/var/tmp") {
        self.bytes = bytes
        self.folder = folder
    }

    func enter() { columns += 1 }

    func leave(_ used: Int) {
        columns -= 1
        self.used -= used
    }

    func use(_ more: Int) { used += more }

    /// Whether a column that uses `part` of the memory has to give it back: there is no more, and it has its share.
    func isFull(with part: Int) -> Bool { used > bytes && part >= bytes / max(1, columns) }

    /// How much of each of `parts` sorted parts is read at a time.
    func step(of parts: Int) -> Int { min(1 << 16, max(1 << 13, bytes / max(1, parts))) }

    /// The file, which all columns write one after the other.
    func spill() throws(DataError) -> SpillFile {
        if let file { return file }
        let new = try SpillFile(in: folder)
        file = new
        return new
    }
}
