import Domain

extension StoredProfile {
    /// Its bytes: canonical JSON, one column a line, so that Git shows which columns another profile changes.
    public func bytes() throws(DataError) -> [UInt8] {
        let head: [(String, JSON)] = [
            ("format", .string(Self.format)), ("version", .int(Self.version)), ("rows", .int(profile.rows)),
            ("data", .array(sources.map { ["sha256": .string($0.sha256.digits), "size": .int($0.size)] })),
            ("nulls", .array(options.nullSpellings.map(JSON.string))),
            ("decimal_mark", .string(String(UnicodeScalar(options.decimalMark)))),
            ("remarks", .array(profile.remarks.sentences.map(JSON.string))),
        ]
        var text = "{" + head.map { "\(JSON.string($0.0).text()):\($0.1.text()),\n" }.joined() + "\"columns\":{"
        var size = text.utf8.count
        var lines: [String] = []
        for column in columns {
            let line = "\n\(JSON.string(column.name).text()):\(column.json.text())"
            size += line.utf8.count + 1
            guard size < Self.largest else { throw Self.tooLarge }
            lines.append(line)
        }
        text += lines.joined(separator: ",") + "}}\n"
        return Array(text.utf8)
    }

    /// All columns of the table in its order, with those that cannot be read.
    private var columns: [(name: String, json: JSON)] {
        let known = Dictionary(profile.columns.map { ($0.exactName, $0) }) { first, _ in first }
        return profile.names.map { ($0, known[ExactText($0)]?.stored ?? ["kind": .string(StoredKind.unread.rawValue)]) }
    }
}

/// What a column of a stored profile holds.
enum StoredKind: String, CaseIterable {
    case numbers, texts, empty, unread
}

extension ColumnProfile {
    /// All that is needed to have it again.
    fileprivate var stored: JSON {
        let (kind, members): (StoredKind, [(String, JSON)]) =
            switch content {
            case .empty: (.empty, [])
            case .numbers(let numbers): (.numbers, numbers.stored)
            case .texts(let texts): (.texts, texts.stored)
            }
        return .object([("kind", .string(kind.rawValue)), ("nulls", .int(nulls))] + members)
    }
}

extension NumberProfile {
    fileprivate var stored: [(String, JSON)] {
        var members: [(String, JSON)] = [("distinct", .int(distinct)), ("exact", .bool(exact))]
        let unusual = [
            ("nan", unusual.nan), ("positive_infinity", unusual.positiveInfinity),
            ("negative_infinity", unusual.negativeInfinity),
        ]
        members += unusual.filter { $0.1 > 0 }.map { ($0.0, .int($0.1)) }
        if let error {
            members.append(("rank_error", .double(error.rank)))
            if let distance = error.distance { members.append(("distance_error", .double(distance))) }
            members.append(("moments", moments.stored))
            if let tenths { members.append(("tenths", .array(tenths.map(JSON.stored)))) }
        }
        if !isWhole, let distinctSketch {
            members.append(("distinct_registers", .string(distinctSketch.digits)))
        }
        let runs = values.runs
        members.append(("values", .array(runs.map { JSON.stored($0.value) })))
        if runs.contains(where: { $0.count > 1 }) { members.append(("counts", .array(runs.map { .int($0.count) }))) }
        return members
    }
}

extension TextProfile {
    fileprivate var stored: [(String, JSON)] {
        var members: [(String, JSON)] = [("distinct", .int(distinct)), ("exact", .bool(exact))]
        if lengths.count > 0 {
            members.append(
                (
                    "lengths",
                    [
                        "min": .int(lengths.minimum), "max": .int(lengths.maximum), "total": .int(lengths.total),
                        "padded": .int(lengths.padded),
                    ]
                ))
        }
        if uncertainty > 0 { members.append(("too_low_by", .int(uncertainty))) }
        members.append(("counts", .object(heaviest(counts.distinct + 1).map { ($0.text, .int($0.count)) })))
        if !others.isEmpty { members.append(("others", .array(others.map(JSON.int)))) }
        if !exact, let distinctSketch { members.append(("distinct_registers", .string(distinctSketch.digits))) }
        return members
    }
}

extension Moments {
    fileprivate var stored: JSON {
        [
            "zeros": .int(zeros), "negatives": .int(negatives), "min": JSON.stored(minimum),
            "max": JSON.stored(maximum),
            "mean": JSON.stored(sums.mean), "mean_rest": JSON.stored(sums.meanRest),
            "squares": JSON.stored(sums.squares), "sum": JSON.stored(sums.sum), "sum_rest": JSON.stored(sums.sumRest),
        ]
    }
}

extension JSON {
    /// A number as short as it can be; what JSON cannot say as a text.
    fileprivate static func stored(_ value: Double) -> JSON {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value > 0 ? "inf" : "-inf" }
        if value.magnitude < 0x1p53, let whole = Int(exactly: value) { return .int(whole) }
        return .double(value)
    }
}
