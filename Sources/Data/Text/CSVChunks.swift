import Glibc

/// Cuts delimited text at row ends, so that its parts can be scanned apart.
///
/// A quote changes between inside and outside a quoted field wherever it stands, so the number of quotes before a line end
/// tells whether it ends a row. Text whose quotes are astray is cut at the wrong places, and the scanner refuses it there.
public enum CSVChunks {
    /// How many bytes of `bytes`, which start at a row, hold whole rows: up to and with the last line end outside quotes.
    public static func completeRows(in bytes: UnsafeRawBufferPointer) -> Int {
        var inside = quotes(in: bytes) & 1 == 1
        var index = bytes.count
        while index > 0 {
            index -= 1
            let byte = bytes[index]
            if byte == 0x22 { inside.toggle() }
            if byte == 0x0A, !inside { return index + 1 }
        }
        return 0
    }

    /// Cuts `bytes`, which start at a row, into at most `parts` ranges of whole rows of about equal size.
    public static func ranges(in bytes: UnsafeRawBufferPointer, parts: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var begin = 0
        for part in 1...max(1, parts) where begin < bytes.count {
            let wanted = part >= parts ? bytes.count : bytes.count / parts * part
            guard wanted > begin else { continue }
            let stop = rowEnd(in: bytes, from: begin, atOrAfter: wanted)
            ranges.append(begin..<stop)
            begin = stop
        }
        return ranges
    }

    private static func rowEnd(in bytes: UnsafeRawBufferPointer, from begin: Int, atOrAfter wanted: Int) -> Int {
        var inside = quotes(in: UnsafeRawBufferPointer(rebasing: bytes[begin..<wanted])) & 1 == 1
        var index = wanted
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x22 { inside.toggle() }
            if byte == 0x0A, !inside { return index }
        }
        return bytes.count
    }

    private static func quotes(in bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in bytes { count &+= byte == 0x22 ? 1 : 0 }
        return count
    }
}
