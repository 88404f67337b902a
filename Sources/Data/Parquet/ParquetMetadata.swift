/// What the footer of a Parquet file says: columns, rows, and where the parts of each column stand.
struct ParquetMetadata: Sendable {
    /// A part of a column in a row group.
    struct Chunk: Sendable {
        var path = ""
        var codec = 0
        var values = 0
        var start = 0
        var bytes = 0
        var isElsewhere = false
    }

    struct RowGroup: Sendable {
        var rows = 0
        var chunks: [Chunk] = []
    }

    var rows = 0
    var elements: [ParquetSchemaElement] = []
    var rowGroups: [RowGroup] = []
    var isEncrypted = false

    init(_ footer: [UInt8]) throws(DataError) {
        try footer.withUnsafeBufferPointer { footer throws(DataError) in
            var reader = ThriftReader(UnsafeRawBufferPointer(footer))
            try reader.fields { reader, id, kind throws(DataError) in
                switch (id, kind) {
                case (2, .list):
                    try reader.list { reader throws(DataError) in elements.append(try ParquetSchemaElement(&reader)) }
                case (3, .int64): rows = try reader.integer()
                case (4, .list):
                    try reader.list { reader throws(DataError) in rowGroups.append(try Self.rowGroup(&reader)) }
                case (8, .structure):
                    isEncrypted = true
                    return false
                default: return false
                }
                return true
            }
        }
    }

    private static func rowGroup(_ reader: inout ThriftReader) throws(DataError) -> RowGroup {
        var group = RowGroup()
        try reader.fields { reader, id, kind throws(DataError) in
            switch (id, kind) {
            case (1, .list):
                try reader.list { reader throws(DataError) in group.chunks.append(try Self.chunk(&reader)) }
            case (3, .int64): group.rows = try reader.integer()
            default: return false
            }
            return true
        }
        return group
    }

    private static func chunk(_ reader: inout ThriftReader) throws(DataError) -> Chunk {
        var chunk = Chunk()
        var dictionary: Int?
        try reader.fields { reader, id, kind throws(DataError) in
            switch (id, kind) {
            case (1, .binary):
                chunk.isElsewhere = true
                return false
            case (3, .structure):
                try reader.fields { reader, id, kind throws(DataError) in
                    switch (id, kind) {
                    case (3, .list):
                        var path: [String] = []
                        try reader.list { reader throws(DataError) in path.append(try reader.text()) }
                        chunk.path = path.joined(separator: ".")
                    case (4, .int32): chunk.codec = try reader.integer()
                    case (5, .int64): chunk.values = try reader.integer()
                    case (7, .int64): chunk.bytes = try reader.integer()
                    case (9, .int64): chunk.start = try reader.integer()
                    case (11, .int64): dictionary = try reader.integer()
                    default: return false
                    }
                    return true
                }
            default: return false
            }
            return true
        }
        if let dictionary, dictionary > 0, dictionary < chunk.start { chunk.start = dictionary }
        return chunk
    }
}
