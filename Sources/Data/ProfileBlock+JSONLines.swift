extension ProfileBlock {
    /// Reads JSON Lines. Members not seen before add to `names`; a member that an object lacks is null.
    mutating func scanJSONLines(_ scan: ProfileScan) {
        var extra: [UInt8] = []
        do throws(DataError) {
            let bytes = bytes
            try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
                try scanJSONLines(UnsafeRawBufferPointer(bytes), scan, &extra)
            }
        } catch {
            self.error = error
        }
        if !extra.isEmpty { bytes += extra }
    }

    private mutating func scanJSONLines(
        _ bytes: UnsafeRawBufferPointer, _ scan: ProfileScan, _ extra: inout [UInt8]
    ) throws(DataError) {
        try findNames(bytes)
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var scanner = try JSONLinesScanner(bytes)
        let readings = scan.readings(of: names)
        var lookup = MemberLookup(names)
        var batch = ProfileBatch(width: names.count, nulls: scan.nulls, decimalMark: UInt8(ascii: "."))
        while let field = try scanner.next() {
            if field.kind != .none, field.kind != .null, let column = lookup.column(of: field.name),
                let start = field.bytes.baseAddress
            {
                batch.set(column, start: start - base, count: field.bytes.count, isEscaped: field.isEscaped)
            }
            guard field.endsRow else { continue }
            lookup.startRow()
            if batch.endRow() { batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeJSON) }
        }
        batch.flush(into: &self, bytes, readings, &extra, unescape: Self.unescapeJSON)
    }

    /// Walks the block once for its names alone, so that the batch knows its width.
    private mutating func findNames(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
        var scanner = try JSONLinesScanner(bytes)
        var lookup = MemberLookup(names)
        while let field = try scanner.next() {
            if field.kind != .none, lookup.column(of: field.name) == nil { lookup.add(field.name) }
            if field.endsRow { lookup.startRow() }
        }
        names = lookup.texts
        while columns.count < names.count { columns.append(BlockColumn()) }
    }

    private static func unescapeJSON(_ value: UnsafeRawBufferPointer, _ buffer: inout [UInt8]) {
        var text: [UInt8] = []
        value.withMemoryRebound(to: UInt8.self) { _ = JSONEscapes.resolve($0, into: &text) }
        buffer += text
    }
}

/// Finds the column of a member's name; objects mostly name their members in one order, spelled alike.
private struct MemberLookup {
    private var names: [[UInt8]]
    private var places: [[UInt8]: Int]

    /// How each name was spelled last, with its escapes; what cannot be where it has not come yet and needs some.
    private var spellings: [[UInt8]]
    private var expected = 0

    init(_ texts: [String]) {
        names = texts.map { Array($0.utf8) }
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        spellings = names.map { $0.contains(Self.backslash) ? Self.impossible : $0 }
    }

    var texts: [String] { names.map { String(decoding: $0, as: UTF8.self) } }

    mutating func startRow() { expected = 0 }

    /// Adds a name that is not there.
    mutating func add(_ name: UnsafeBufferPointer<UInt8>) {
        names.append(Self.value(of: name))
        places[names[names.count - 1]] = names.count - 1
        spellings.append(Array(name))
    }

    mutating func column(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        if expected < names.count, spellings[expected].elementsEqual(name) {
            expected += 1
            return expected - 1
        }
        guard let found = nearby(name) ?? otherwise(name) else { return nil }
        expected = found + 1
        return found
    }

    /// Among few names, or the next of many, a look at each is quicker than a hash.
    private func nearby(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        let near = names.count <= 32 ? spellings.indices : expected..<min(expected + 8, names.count)
        return near.first { spellings[$0].elementsEqual(name) }
    }

    private mutating func otherwise(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let found = places[Self.value(of: name)] else { return nil }
        spellings[found] = Array(name)
        return found
    }

    private static func value(of name: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard name.contains(backslash) else { return Array(name) }
        var value: [UInt8] = []
        JSONEscapes.resolve(name, into: &value)
        return value
    }

    private static let impossible = [UInt8(ascii: "\"")]
    private static let backslash = UInt8(ascii: "\\")
}
