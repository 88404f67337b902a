/// What a model file would run when it is loaded: pickles, bare, in zlib (joblib) or in a ZIP archive (PyTorch, npz), and Keras layers.
enum PickleFile {
    struct Finding: Hashable {
        var place: String
        var imports: [String]
        var faults: [String]
        /// What runs code without importing anything.
        var dangers: [String] = []
    }

    private static let limit = 1 << 30

    /// `nil` where the file holds none.
    static func scan(_ source: ByteSource, name: String) throws(Malformed) -> [Finding]? {
        if ZipDirectory.looksLikeZip(source) { return try archive(source) }
        let start = try source.bytes(at: 0, count: min(16, source.size))
        if KerasModel.looksLikeHDF5(start) { return [try KerasModel.scanHDF5(source, name: name)] }
        if start.starts(with: [0x93] + Array("NUMPY".utf8)) {
            return try array(source.all(atMost: limit), name).map { [$0] }
        }
        if start.count >= 2, start[0] == 0x78, [0x01, 0x5E, 0x9C, 0xDA].contains(start[1]),
            (Int(start[0]) << 8 | Int(start[1])) % 31 == 0
        {
            let bytes = try Inflate.bytes(source.all(atMost: limit), from: 2, atMost: limit)
            return [found(bytes, name, mayHoldArrays: true)]
        }
        let isPickle =
            start.first == 0x80
            || [".pkl", ".pickle", ".joblib", ".pt", ".pth", ".bin"].contains { name.hasSuffix($0) }
        return isPickle ? [found(try source.all(atMost: limit), name, mayHoldArrays: name.hasSuffix(".joblib"))] : nil
    }

    private static func archive(_ source: ByteSource) throws(Malformed) -> [Finding]? {
        let zip = try ZipDirectory(source)
        var findings: [Finding] = []
        if let keras = try KerasModel.scan(zip) { findings.append(keras) }
        for entry in zip.entries {
            if entry.name.split(separator: "/").contains("..") || entry.name.hasPrefix("/") {
                findings.append(Finding(place: entry.name, imports: [], faults: ["its path leaves the archive"]))
            } else if entry.name.hasSuffix(".pkl") || entry.name.hasSuffix(".pickle") {
                findings.append(found(try zip.bytes(of: entry, atMost: limit), entry.name, mayHoldArrays: false))
            } else if entry.name.hasSuffix(".npy"),
                let item = try array(zip.bytes(of: entry, atMost: limit), entry.name)
            {
                findings.append(item)
            }
        }
        return findings.isEmpty ? nil : findings
    }

    /// An array of objects is a pickle after its header.
    private static func array(_ bytes: [UInt8], _ name: String) throws(Malformed) -> Finding? {
        guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
        let width = bytes[6] >= 2 ? 4 : 2
        let length = bytes[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard 8 + width + length <= bytes.count else {
            throw Malformed("the header of '\(name)' reaches beyond its end")
        }
        let header = String(decoding: bytes[(8 + width)..<(8 + width + length)], as: UTF8.self)
        guard header.contains("O'") || header.contains("'descr': [") else { return nil }
        return found(Array(bytes[(8 + width + length)...]), name, mayHoldArrays: false)
    }

    /// joblib writes the data of arrays between the opcodes, so that the walk can lose its way there: imports are then looked
    /// for from every place at which an opcode could import.
    private static func found(_ bytes: [UInt8], _ name: String, mayHoldArrays: Bool) -> Finding {
        let scan = PickleScan(bytes)
        var imports = scan.imports, faults = scan.faults
        if mayHoldArrays, !faults.isEmpty, imports.contains(where: { $0.hasPrefix("joblib.numpy_pickle") }) {
            imports.formUnion(ImportSearch.imports(in: bytes))
            faults = []
        }
        return Finding(place: name, imports: imports.sorted(), faults: faults)
    }
}

/// Looks for imports in a stream that also holds raw data: every place is tried, so that none is missed.
enum ImportSearch {
    static func imports(in bytes: [UInt8]) -> Set<String> {
        var found: Set<String> = []
        for place in bytes.indices {
            switch bytes[place] {
            case 0x63, 0x69: if let name = twoLines(bytes, from: place + 1) { found.insert(name) }
            case 0x93: if let name = strings(bytes, before: place) { found.insert(name) }
            default: break
            }
        }
        return found
    }

    /// `module\nname\n` where both look like names.
    private static func twoLines(_ bytes: [UInt8], from start: Int) -> String? {
        let parts = bytes[start...].prefix(300).split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, isName(parts[0]), isName(parts[1]) else { return nil }
        return String(decoding: parts[0], as: UTF8.self) + "." + String(decoding: parts[1], as: UTF8.self)
    }

    /// The last two short strings before a STACK_GLOBAL.
    private static func strings(_ bytes: [UInt8], before end: Int) -> String? {
        var words: [String] = []
        var place = end
        // Between the strings stand memo opcodes: MEMOIZE, or BINPUT with its number.
        while words.count < 2, end - place < 600 {
            guard let (word, start) = string(bytes, endingNear: place) else { return nil }
            words.append(word)
            place = start
        }
        return words.count == 2 ? "\(words[1]).\(words[0])" : nil
    }

    private static func string(_ bytes: [UInt8], endingNear end: Int) -> (String, Int)? {
        for tail in 0...2 {
            let stop = end - tail
            for length in 1...200 where stop - length - 2 >= 0 {
                let start = stop - length
                if bytes[start - 2] == 0x8C, Int(bytes[start - 1]) == length, isName(bytes[start..<stop]) {
                    return (String(decoding: bytes[start..<stop], as: UTF8.self), start - 2)
                }
            }
        }
        return nil
    }

    private static func isName(_ slice: ArraySlice<UInt8>) -> Bool {
        !slice.isEmpty
            && slice.allSatisfy { byte in
                byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte &- 0x30 < 10
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }
}
