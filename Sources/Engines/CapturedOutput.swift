/// What is kept of one stream: all of it up to a limit, then its beginning or its end.
struct CapturedOutput {
    enum Part { case beginning, end }

    private let limit: Int
    private let part: Part
    private var bytes: [UInt8] = []

    init(_ part: Part, atMost limit: Int) {
        self.part = part
        self.limit = max(0, limit)
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        switch part {
        case .beginning: bytes.append(contentsOf: more.prefix(limit - bytes.count))
        case .end:
            bytes.append(contentsOf: more)
            // Cut only at twice the limit, so that each byte is moved once and not with every read.
            if bytes.count / 2 > limit { bytes.removeFirst(bytes.count - limit) }
        }
    }

    var kept: [UInt8] { bytes.count > limit ? Array(bytes.suffix(limit)) : bytes }
}
