/// Gathers the values of one column while a table is read.
struct ColumnBuilder {
    let request: ColumnRequest
    private var numbers = NumberColumn()
    private var texts = TextColumn()
    private(set) var count = 0

    init(_ request: ColumnRequest) { self.request = request }

    mutating func addNull() {
        if request.kind == .number {
            numbers.nulls.append(count)
            numbers.values.append(.nan)
        } else {
            texts.codes.append(-1)
        }
        count &+= 1
    }

    /// Adds a value, before which `preceding` bytes can be read; false where it is no number and the column holds numbers.
    @inline(__always)
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, preceding: Int = 0, decimalMark: UInt8) -> Bool {
        count &+= 1
        guard request.kind == .number else {
            texts.codes.append(texts.dictionary.code(of: bytes))
            return true
        }
        guard let value = DecimalNumber.parse(bytes, preceding: preceding, decimalMark: decimalMark)
        else { return false }
        numbers.values.append(value)
        return true
    }

    func column(decimalMark: UInt8) -> TableColumn {
        switch request.kind {
        case .number: TableColumn(name: request.name, values: .numbers(numbers))
        case .text: TableColumn(name: request.name, values: .texts(texts))
        case .any:
            TableColumn(
                name: request.name, values: allNumbers(decimalMark).map { .numbers($0) } ?? .texts(texts))
        }
    }

    /// The texts as numbers, or `nil` where one is none, or where there is no text at all.
    private func allNumbers(_ mark: UInt8) -> NumberColumn? {
        guard texts.dictionary.count > 0 else { return nil }
        var values: [Double] = []
        for code in 0..<texts.dictionary.count {
            guard let value = texts.dictionary.withBytes(of: code, { DecimalNumber.parse($0, decimalMark: mark) })
            else {
                return nil
            }
            values.append(value)
        }
        return NumberColumn(
            values: texts.codes.map { $0 < 0 ? .nan : values[Int($0)] },
            nulls: texts.codes.indices.filter { texts.codes[$0] < 0 })
    }
}
