import Domain

/// A named array of values in a request or an answer.
struct InferenceTensor: Hashable {
    let name: String
    let datatype: String
    let shape: [Int]
    /// Row after row.
    let data: [JSON]

    init(_ name: String, _ datatype: String, shape: [Int], data: [JSON]) {
        self.name = name
        self.datatype = datatype
        self.shape = shape
        self.data = data
    }

    /// Reads one of an answer, whose data may be nested. Throws where shape and data do not agree.
    init(_ json: JSON) throws(Malformed) {
        guard let name = json["name"]?.string, let datatype = json["datatype"]?.string,
            let sizes = json["shape"]?.array, let items = json["data"]?.array
        else { throw Malformed("it lacks name, datatype, shape or data") }
        let shape = sizes.compactMap(\.int)
        let count = shape.reduce(1 as Int?) { total, size in
            guard let total, size >= 0 else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            return overflow ? nil : product
        }
        var data: [JSON] = []
        Self.flatten(items, into: &data)
        guard shape.count == sizes.count, count == data.count else {
            throw Malformed(
                "'\(Excerpt.line(name))' has the shape \(json["shape"]?.text() ?? "") and \(data.count) values")
        }
        self.init(name, datatype, shape: shape, data: data)
    }

    var json: JSON {
        [
            "name": .string(name), "shape": .array(shape.map(JSON.int)), "datatype": .string(datatype),
            "data": .array(data),
        ]
    }

    /// Whether its values are fractions: probabilities, or a regression's answer.
    var isFractional: Bool { datatype.hasPrefix("FP") || datatype == "BF16" }

    /// Its values where they are fractions; what is no number is NaN, as some servers write that as null.
    var fractions: [Double] { isFractional ? data.map { $0.double ?? .nan } : [] }

    /// How many values a row has, `nil` where the first axis is not the rows, or there is no value.
    func width(rows: Int) -> Int? { rows > 0 && shape.first == rows && !data.isEmpty ? data.count / rows : nil }

    private static func flatten(_ items: [JSON], into data: inout [JSON]) {
        for item in items {
            if case .array(let inner) = item { flatten(inner, into: &data) } else { data.append(item) }
        }
    }
}
