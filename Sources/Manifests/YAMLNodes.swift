import Domain
import Glibc

/// The nodes of a YAML file in one array: no object and no string for each.
///
/// A mapping's children are its keys and values in turn.
struct YAMLNodes {
    enum Kind: UInt8 { case scalar, sequence, mapping }

    enum Style: UInt8 { case plain, singleQuoted, doubleQuoted, literal, folded, block, flow }

    struct Node {
        var kind: Kind
        var style: Style
        /// The bytes of the file that say it; of a collection, only where it starts.
        var start: Int32
        var end: Int32 = 0
        /// Both count from 1.
        var line: Int32
        var column: Int32
        /// Of a scalar, its decoded text within ``text``.
        var textStart: Int32 = 0
        var textEnd: Int32 = 0
        /// The first child and the next sibling, or -1.
        var first: Int32 = -1
        var next: Int32 = -1
    }

    var nodes: ContiguousArray<Node> = []
    /// Where the text of scalars lies.
    var text: [UInt8] = []

    @inline(__always) subscript(index: Int32) -> Node { nodes[Int(index)] }

    func place(_ index: Int32) -> Place {
        Place(line: Int(self[index].line), column: Int(self[index].column))
    }

    func text(_ index: Int32) -> String {
        withText(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// Lends the decoded bytes of a scalar.
    @inline(__always)
    func withText<Result>(_ index: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let node = self[index]
        return text.withUnsafeBufferPointer { text in
            body(UnsafeBufferPointer(rebasing: text[Int(node.textStart)..<Int(node.textEnd)]))
        }
    }

    @inline(__always)
    func text(_ index: Int32, is word: StaticString) -> Bool { text(index, is: word.bytes) }

    @inline(__always)
    func text(_ index: Int32, is word: UnsafeBufferPointer<UInt8>) -> Bool {
        let node = self[index]
        guard Int(node.textEnd &- node.textStart) == word.count else { return false }
        return withText(index) { text in
            guard let text = text.baseAddress, let word = word.baseAddress else { return true }
            return memcmp(text, word, Int(node.textEnd &- node.textStart)) == 0
        }
    }

    func text(_ index: Int32, isAmong words: [String]) -> Bool {
        withText(index) { text in
            words.contains { word in
                let isSame = word.utf8.withContiguousStorageIfAvailable {
                    $0.count == text.count && $0.elementsEqual(text)
                }
                return isSame ?? word.utf8.elementsEqual(text)
            }
        }
    }

    /// Whether the scalar is `null` by the YAML 1.2 core schema.
    func isNull(_ index: Int32) -> Bool {
        let node = self[index]
        guard node.kind == .scalar, node.style == .plain else { return false }
        switch node.textEnd - node.textStart {
        case 0: return true
        case 1: return text(index, is: "~")
        case 4: return text(index, is: "null") || text(index, is: "Null") || text(index, is: "NULL")
        default: return false
        }
    }
}
