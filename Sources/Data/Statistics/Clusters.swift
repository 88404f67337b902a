/// Which rows depend on each other, such as those of one person: resamples draw them together.
struct Clusters: Sendable {
    /// For each row its cluster; clusters are numbered by their first rows.
    let codes: [Int32]

    /// For each cluster a number that its name decides.
    let keys: [UInt64]

    /// Every row has a value.
    init(_ column: TextColumn) { self.init(column.codes, column.dictionary.hashes) }

    func selecting(_ rows: [Int]) -> Clusters { Clusters(rows.map { codes[$0] }, keys) }

    private init(_ codes: [Int32], _ keys: [UInt64]) {
        var numbers = Array(repeating: Int32(-1), count: keys.count)
        var present: [UInt64] = []
        self.codes = codes.map { code in
            if numbers[Int(code)] < 0 {
                numbers[Int(code)] = Int32(present.count)
                present.append(keys[Int(code)])
            }
            return numbers[Int(code)]
        }
        self.keys = present
    }
}

extension Predictions {
    /// How many clusters the rows fall into; `nil` where every row stands for itself.
    public var clusterCount: Int? { clusters?.keys.count }
}
