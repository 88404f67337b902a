/// Finds every name that a pickle would import, by walking its opcodes with a simulated stack and memo. Nothing is unpickled.
///
/// A stream that cannot be followed to its end is reported as such: what cannot be read cannot be called safe.
struct PickleScan {
    /// `module.name`, sorted; `?` stands for a part that is computed.
    private(set) var imports: Set<String> = []
    /// What is wrong with the stream itself.
    private(set) var faults: [String] = []

    private let bytes: [UInt8]
    private var position = 0
    private var stack: [Item] = []
    private var memo: [Int: Item] = [:]

    /// All that the walk must know of a value.
    private enum Item {
        case text(String)
        case mark
        case other
    }

    /// Walks the pickles in `bytes`, one after another; bytes that follow the last are a fault unless `allowsTail`.
    init(_ bytes: [UInt8], allowsTail: Bool = false) {
        self.bytes = bytes
        var count = 0
        while position < bytes.count, count < 1000 {
            let start = position
            stack = []
            memo = [:]
            do throws(Malformed) { try walk() } catch {
                if count == 0 || !allowsTail {
                    faults.append(count == 0 ? error.description : "bytes that follow its end, from byte \(start) on")
                }
                break
            }
            count += 1
            if allowsTail { break }
        }
        if bytes.isEmpty { faults.append("it is empty") }
    }

    private mutating func walk() throws(Malformed) {
        while true {
            guard position < bytes.count else { throw Malformed("it ends without a STOP") }
            let code = bytes[position]
            guard let argument = PickleOpcode.argument(of: code) else {
                throw Malformed("byte 0x\(String(code, radix: 16)) at \(position) is no opcode")
            }
            position += 1
            let data = try read(argument)
            if code == 0x2E { return }
            try apply(code, data)
        }
    }

    private mutating func read(_ argument: PickleOpcode.Argument) throws(Malformed) -> ArraySlice<UInt8> {
        switch argument {
        case .nothing: return []
        case .bytes(let count): return try take(count)
        case .counted(let width):
            let length = try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(bytes.count) else {
                throw Malformed("a value at byte \(position) reaches beyond its end")
            }
            return try take(Int(length))
        case .line: return try line()
        case .twoLines:
            let first = try line()
            let second = try line()
            return first + [0x0A] + second
        }
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw Malformed("it ends inside an argument") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func line() throws(Malformed) -> ArraySlice<UInt8> {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw Malformed("it ends inside a line") }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    private mutating func apply(_ code: UInt8, _ data: ArraySlice<UInt8>) throws(Malformed) {
        let text = { String(decoding: data, as: UTF8.self) }
        switch code {
        case 0x58, 0x8C, 0x8D, 0x55, 0x54, 0x56: stack.append(.text(text()))
        case 0x53: stack.append(.text(Self.unquoted(text())))
        case 0x63: note(text().replacing("\n", with: "."))
        case 0x69:
            toMark()
            note(text().replacing("\n", with: "."))
        case 0x93:
            let name = pop(), module = pop()
            note("\(Self.word(module)).\(Self.word(name))")
        case 0x82, 0x83, 0x84:
            imports.insert("copyreg.extension \(data.reversed().reduce(0) { $0 << 8 | Int($1) })")
            stack.append(.other)
        case 0x50: stack.append(.other)
        case 0x28: stack.append(.mark)
        case 0x30: _ = pop()
        case 0x31: toMark()
        case 0x32: stack.append(stack.last ?? .other)
        case 0x94: memo[memo.count] = stack.last ?? .other
        case 0x71: memo[Int(data.first ?? 0)] = stack.last ?? .other
        case 0x72: memo[Self.number(data)] = stack.last ?? .other
        case 0x70: memo[Int(text()) ?? -1] = stack.last ?? .other
        case 0x68: stack.append(memo[Int(data.first ?? 0)] ?? .other)
        case 0x6A: stack.append(memo[Self.number(data)] ?? .other)
        case 0x67: stack.append(memo[Int(text()) ?? -1] ?? .other)
        default: change(code)
        }
        guard stack.count < 1_000_000 else { throw Malformed("it piles up more than a million values") }
    }

    /// Opcodes that only take values from the stack and put others there.
    private mutating func change(_ code: UInt8) {
        switch code {
        case 0x80, 0x95, 0x97, 0x98: break
        case 0x51, 0x85: replace(1)
        case 0x52, 0x81, 0x86: replace(2)
        case 0x62, 0x61: replace(2)
        case 0x87, 0x92, 0x73: replace(3)
        case 0x6C, 0x74, 0x64, 0x6F, 0x91:
            toMark()
            stack.append(.other)
        case 0x65, 0x75, 0x90: toMark()
        default: stack.append(.other)
        }
    }

    private mutating func note(_ name: String) {
        imports.insert(name)
        stack.append(.other)
    }

    private mutating func pop() -> Item { stack.popLast() ?? .other }

    private mutating func replace(_ count: Int) {
        stack.removeLast(min(count, stack.count))
        stack.append(.other)
    }

    private mutating func toMark() {
        while let item = stack.popLast() { if case .mark = item { return } }
    }

    private static func word(_ item: Item) -> String { if case .text(let text) = item { text } else { "?" } }

    private static func number(_ data: ArraySlice<UInt8>) -> Int { data.reversed().reduce(0) { $0 << 8 | Int($1) } }

    /// Of protocol 0: `'os'`.
    private static func unquoted(_ text: String) -> String {
        guard let quote = text.first, quote == "'" || quote == "\"", text.count > 1, text.last == quote else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}
