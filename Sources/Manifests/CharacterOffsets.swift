/// Finds the byte of a character: libyaml's marks count code points.
struct CharacterOffsets {
    private let source: SourceText
    /// The lines before the region that is read.
    private(set) var lines = 0
    private var region = 0
    /// The last byte asked for, and its character: questions come nearly in order.
    private var cursor = (byte: 0, character: 0)

    init(_ source: SourceText) { self.source = source }

    /// Marks count from this byte now.
    mutating func enterRegion(at offset: Int) {
        var position = region
        while position < offset {
            let byte = source.bytes[position]
            position += 1
            if byte == 0x0A || byte == 0x0D && !(position < offset && source.bytes[position] == 0x0A) { lines += 1 }
        }
        region = offset
        cursor = (offset, 0)
    }

    mutating func byte(_ character: Int) -> Int {
        if source.isASCII { return region &+ character }
        let bytes = source.bytes
        while cursor.character < character, cursor.byte < bytes.count {
            cursor.byte += 1
            while cursor.byte < bytes.count, bytes[cursor.byte] & 0xC0 == 0x80 { cursor.byte += 1 }
            cursor.character += 1
        }
        while cursor.character > character, cursor.byte > region {
            cursor.byte -= 1
            while cursor.byte > region, bytes[cursor.byte] & 0xC0 == 0x80 { cursor.byte -= 1 }
            cursor.character -= 1
        }
        return cursor.byte
    }
}
