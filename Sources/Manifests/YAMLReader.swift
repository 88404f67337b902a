import CLibyaml
import Domain

/// Reads the documents of one file through libyaml's events.
///
/// A syntax error ends its document; reading goes on at the next `---`. Limits keep time linear: libyaml's flow nesting is
/// quadratic, and aliases, anchors, tags and merge keys are refused.
struct YAMLReader: ~Copyable {
    static let nodeLimit = 50_000
    static let depthLimit = 64
    /// After so many syntax errors in one file the rest is not looked at.
    static let errorLimit = 20

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let source: SourceText
    private var builder: YAMLBuilder

    /// The tree of a file; what is wrong is noted with each document.
    static func tree(of bytes: [UInt8]) -> YAMLTree {
        let source: SourceText
        do throws(FieldErrors) {
            source = try SourceText(bytes)
        } catch {
            let document = YAMLTree.Document(root: -1, problems: error.problems, isDamaged: true)
            return YAMLTree(source: bytes, nodes: YAMLNodes(), documents: [document])
        }
        if let nodes = PlainScanner.nodes(of: source) {
            return YAMLTree(source: bytes, nodes: nodes, documents: [YAMLTree.Document(root: 0)])
        }
        return throughLibyaml(source)
    }

    static func throughLibyaml(_ source: SourceText) -> YAMLTree {
        var reader = YAMLReader(source)
        return reader.read()
    }

    private init(_ source: SourceText) {
        self.source = source
        builder = YAMLBuilder(source)
        parser = .allocate(capacity: 1)
    }

    deinit { parser.deallocate() }

    private mutating func read() -> YAMLTree {
        let bytes = source.bytes
        bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var start: Int? = source.start
            var errors = 0
            while let from = start, errors < Self.errorLimit {
                start = readRegion(base + from, count: bytes.count - from, at: from)
                errors += 1
            }
            if let start { builder.failRest(at: start) }
        }
        return builder.tree(of: source)
    }

    /// Reads from one `---` on. Returns where to go on after an error, or `nil` at the end.
    private mutating func readRegion(_ base: UnsafePointer<UInt8>, count: Int, at offset: Int) -> Int? {
        guard yaml_parser_initialize(parser) == 1 else {
            builder.fail("out-of-memory", at: Place(line: 1, column: 1), "there is not enough memory to read the file")
            return nil
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, base, count)
        builder.enterRegion(at: offset)
        var event = yaml_event_t()
        while true {
            guard yaml_parser_parse(parser, &event) == 1 else {
                return resume(after: builder.fail(SyntaxProblem(parser.pointee)))
            }
            let step = builder.take(event)
            yaml_event_delete(&event)
            switch step {
            case .goOn: continue
            case .endOfStream: return nil
            case .nextDocument(let place): return resume(after: place)
            case .stop: return nil
            }
        }
    }

    /// The next line that starts with `---`, at or after the line of `offset` and after the document's own.
    private func resume(after offset: Int) -> Int? {
        let bytes = source.bytes
        var position = min(offset, bytes.count)
        while position > 0, !Self.isLineEnd(bytes[position - 1]) { position -= 1 }
        position = max(position, builder.documentStart + 1)
        while position + 3 <= bytes.count {
            let isLineStart = position == source.start || Self.isLineEnd(bytes[position - 1])
            if isLineStart, bytes[position] == 0x2D, bytes[position + 1] == 0x2D, bytes[position + 2] == 0x2D,
                position + 3 == bytes.count || [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position + 3])
            {
                return position
            }
            position += 1
        }
        return nil
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
}
