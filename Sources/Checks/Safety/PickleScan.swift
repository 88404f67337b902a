/// Finds every name that a pickle would import, by walking its opcodes with a simulated stack and memo. Nothing is unpickled.
///
/// A stream that cannot be followed to its end is reported as such: what cannot be read cannot be called safe. What a loader
/// would refuse (a value taken from an empty stack, an opcode across the end of its frame) is a fault as well.
struct PickleScan {
    /// Who loads the stream: joblib reads the bytes of arrays between the opcodes, and pickle knows nothing of them.
    enum Loader { case pickle, joblib }

    /// `module.name`, or `module:name.of.attribute`; `?` stands for a part that is computed.
    private(set) var imports: Set<String> = []
    /// What is wrong with the stream itself.
    private(set) var faults: [String] = []
    /// What changes the program that loads it.
    private(set) var dangers: [String] = []
    /// Whether something imported is called.
    private(set) var calls = false
    /// Whether more bytes could have cured a fault.
    private(set) var isCutOff = false
    /// How many opcodes were followed.
    private(set) var steps = 0

    private let bytes: [UInt8]
    private var loader: Loader
    private(set) var position = 0
    private var frameEnd: Int?
    private var stack: [PickleItem] = []
    private var memo: [Int: PickleItem] = [:]

    /// Walks the pickles in `bytes`, one after another; bytes that follow the last are a fault.
    init(_ bytes: [UInt8], by loader: Loader = .joblib) {
        self.bytes = bytes
        self.loader = loader
        var count = 0
        while position < bytes.count, count < 1000 {
            let start = position
            stack = []
            memo = [:]
            do throws(Malformed) { try walk() } catch {
                faults.append(count == 0 ? error.description : "bytes that follow its end, from byte \(start) on")
                return
            }
            count += 1
        }
        if position < bytes.count { faults.append("more than 1000 pickles follow one another") }
        if bytes.isEmpty { faults.append("it is empty") }
    }

    private mutating func walk() throws(Malformed) {
        frameEnd = nil
        while true {
            guard position < bytes.count else { throw cutOff("it ends without a STOP") }
            let code = bytes[position]
            guard let argument = PickleOpcode.argument(of: code) else {
                throw Malformed("byte 0x\(String(code, radix: 16)) at \(position) is no opcode")
            }
            position += 1
            let data = try read(argument)
            if let end = frameEnd {
                // Loaders differ in what they read next: pickle in C drops the rest of the frame.
                guard position <= end else { throw Malformed("its frame ends inside an opcode, at byte \(end)") }
                if position == end { frameEnd = nil }
            }
            if code == 0x2E { return try stop() }
            try apply(code, data)
            steps += 1
            guard stack.count < 1_000_000 else { throw Malformed("it piles up more than a million values") }
        }
    }

    private mutating func stop() throws(Malformed) {
        _ = try pop()
        guard frameEnd == nil else { throw Malformed("its last frame reaches beyond its STOP") }
    }

    private mutating func cutOff(_ reason: String) -> Malformed {
        isCutOff = true
        return Malformed(reason)
    }

    // MARK: Arguments

    private mutating func read(_ argument: PickleOpcode.Argument) throws(Malformed) -> ArraySlice<UInt8> {
        switch argument {
        case .nothing: return []
        case .bytes(let count): return try take(count)
        case .counted(let width):
            let length = PickleNumber.unsigned(try take(width))
            guard length <= UInt64(bytes.count) else {
                throw cutOff("a value at byte \(position) reaches beyond its end")
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
        guard count <= bytes.count - position else { throw cutOff("it ends inside an argument") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    private mutating func line() throws(Malformed) -> ArraySlice<UInt8> {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw cutOff("it ends inside a line") }
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    // MARK: Opcodes

    private mutating func apply(_ code: UInt8, _ data: ArraySlice<UInt8>) throws(Malformed) {
        switch code {
        case 0x58, 0x8C, 0x8D, 0x55, 0x54, 0x56: stack.append(PickleNumber.text(data))
        case 0x42, 0x43, 0x8E, 0x96: stack.append(.bytes)
        case 0x53: stack.append(try PickleNumber.quoted(data))
        case 0x4B, 0x4D, 0x4A, 0x8A, 0x49: stack.append(PickleNumber.int(code, data))
        case 0x88, 0x89: stack.append(.int(code == 0x88 ? 1 : 0))
        case 0x4E: stack.append(.none)
        case 0x7D: stack.append(.dictionary(PickleDictionary()))
        case 0x29: stack.append(.tuple([]))
        case 0x63: try importLines(data)
        case 0x69: try makeInstance(data)
        case 0x93: try importFromStack()
        case 0x82, 0x83, 0x84:
            imports.insert("copyreg.extension \(PickleNumber.unsigned(data))")
            stack.append(.other)
        case 0x94: memo[memo.count] = try top()
        case 0x71, 0x72, 0x70: memo[try memoKey(code, data)] = try top()
        case 0x68, 0x6A, 0x67:
            guard let item = memo[try memoKey(code, data)] else {
                throw Malformed("it takes from its memo what was not put there, before byte \(position)")
            }
            stack.append(item.used())
        case 0x80:
            guard data.first ?? 0 <= 5 else { throw Malformed("its protocol \(data.first ?? 0) is not known") }
        case 0x95: try startFrame(PickleNumber.unsigned(data))
        default: try change(code)
        }
    }

    private func memoKey(_ code: UInt8, _ data: ArraySlice<UInt8>) throws(Malformed) -> Int {
        guard code == 0x70 || code == 0x67 else { return Int(PickleNumber.unsigned(data)) }
        guard let number = PickleNumber.spelled(data) else {
            throw Malformed("a number of its memo is no number, before byte \(position)")
        }
        return number
    }

    private mutating func startFrame(_ length: UInt64) throws(Malformed) {
        guard frameEnd == nil else { throw Malformed("a frame starts inside a frame, at byte \(position)") }
        guard length <= UInt64(bytes.count - position) else { throw cutOff("a frame reaches beyond its end") }
        frameEnd = length == 0 ? nil : position + Int(length)
    }

    /// Opcodes without an argument, which take values from the stack and put others there.
    private mutating func change(_ code: UInt8) throws(Malformed) {
        switch code {
        case 0x28: stack.append(.mark)
        case 0x30:
            guard stack.popLast() != nil else { throw underflow }
        case 0x31: _ = try popToMark()
        case 0x32: stack.append(try top().used())
        case 0x51:
            _ = try pop()
            stack.append(.other)
        case 0x98: if case .bytes = try top() {} else { stack[stack.count - 1] = .other }
        case 0x85, 0x86, 0x87: stack.append(.flatTuple(try pop(Int(code - 0x84))))
        case 0x74: stack.append(.flatTuple(try popToMark()))
        case 0x64:
            let dictionary = PickleDictionary(), items = try popToMark()
            noteKept(items)
            dictionary.put(items)
            stack.append(.dictionary(dictionary))
        case 0x6C, 0x91:
            noteKept(try popToMark())
            stack.append(.object)
        case 0x61: try put(pop(1), keys: false)
        case 0x73: try put(pop(2), keys: true)
        case 0x65, 0x90: try put(popToMark(), keys: false)
        case 0x75: try put(popToMark(), keys: true)
        case 0x62: try build()
        case 0x52, 0x81, 0x92, 0x6F: try call(code)
        // A persistent value may be anything.
        case 0x50: stack.append(.other)
        // The buffer holds no objects.
        case 0x97: stack.append(.bytes)
        default: stack.append(.object)
        }
    }

    /// Puts values into what lies below them.
    private mutating func put(_ items: [PickleItem], keys: Bool) throws(Malformed) {
        noteKept(items)
        switch try top() {
        case .dictionary(let dictionary):
            if dictionary.isSealed { dangers.append("changes a state after it is given") }
            dictionary.put(items)
        case .made(let made) where !PickleState.takesValues(made.name, putsKeys: keys):
            dangers.append("puts values into \(made.name), which keeps none")
        case .global(let name): dangers.append("changes \(name) itself, not a value of its own")
        default: break
        }
    }

    /// What only rebuilds values is called, and never one itself.
    private mutating func noteKept(_ items: [PickleItem]) {
        for (index, item) in items.enumerated() {
            guard case .global(let name) = item, PickleCalls.isOnlyCalled(name) else { continue }
            // The member of joblib's wrapper.
            if index > 0, case .text("subclass") = items[index - 1], PickleCalls.isArray(name) { continue }
            dangers.append("keeps \(name) as a value")
        }
    }

    private mutating func call(_ code: UInt8) throws(Malformed) {
        calls = calls || !imports.isEmpty
        switch code {
        case 0x6F:
            let items = try popToMark()
            guard let callee = items.first else { throw underflow }
            stack.append(result(of: callee, .flatTuple(Array(items.dropFirst()))))
        case 0x81:
            let arguments = try pop()
            let type = try popAny()
            guard loader == .joblib, case .global(JoblibWrapper.name) = type else {
                return stack.append(instance(of: type, arguments))
            }
            guard case .tuple(let items) = arguments, items.isEmpty else { throw strangeWrapper }
            stack.append(.wrapper(JoblibWrapper()))
        case 0x92:
            let items = try pop(3)
            if case .dictionary(let names) = items[2], names.members?.isEmpty == true {
                return stack.append(instance(of: items[0], items[1]))
            }
            stack.append(instance(of: items[0], .other))
        default:
            let arguments = try pop()
            let function = try pop()
            stack.append(result(of: function, arguments))
        }
    }

    /// Honest pickles call what they import; an object of their own that is called could run what its state names.
    private mutating func result(of callee: PickleItem, _ arguments: PickleItem) -> PickleItem {
        guard case .global(let name) = callee else {
            dangers.append("calls a value that it made itself")
            return .other
        }
        guard HarmlessNames.contains(name) else { return .other }
        guard PickleCalls.isHonest(name, arguments) else {
            dangers.append("calls \(name) as no honest pickle does")
            return .other
        }
        return PickleCalls.result(of: name, arguments)
    }

    /// What `__new__` of a class gives; only classes of strangers take arguments there.
    private mutating func instance(of type: PickleItem, _ arguments: PickleItem) -> PickleItem {
        guard case .global(let name) = type else {
            dangers.append("makes an instance of what is no class")
            return .other
        }
        if HarmlessNames.contains(name) {
            guard case .tuple(let items) = arguments, items.isEmpty else {
                dangers.append("makes \(name) with arguments, as no honest pickle does")
                return .other
            }
        }
        return name == "builtins.str" ? .other : .made(PickleInstance(name))
    }

    private mutating func build() throws(Malformed) {
        let state = try pop()
        PickleState.seal(state)
        switch try top() {
        case .global(let name): dangers.append("changes \(name) itself, not a value of its own")
        case .dtype(let type):
            type.build(state)
            if type.isForged { dangers.append("describes a dtype as NumPy does not") }
        case .wrapper(let wrapper):
            stack[stack.count - 1] = .other
            try skip(try wrapper.build(state))
        case let value:
            if let objection = PickleState.objection(to: state, of: value) { dangers.append(objection) }
        }
    }

    /// Goes past the data of an array, which joblib reads from the file itself.
    private mutating func skip(_ data: JoblibWrapper.Payload) throws(Malformed) {
        guard frameEnd == nil else { throw Malformed("a frame reaches beyond the start of an array") }
        switch data {
        case .bytes(let count, let padded):
            if padded { _ = try take(Int(try take(1).first ?? 0)) }
            _ = try take(count)
        case .pickle:
            let (outerStack, outerMemo) = (stack, memo)
            (stack, memo, loader) = ([], [:], .pickle)
            try walk()
            (stack, memo, loader) = (outerStack, outerMemo, .joblib)
        }
    }

    // MARK: Imports

    private mutating func importLines(_ data: ArraySlice<UInt8>) throws(Malformed) {
        let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count == 2, let module = String(validating: lines[0], as: UTF8.self),
            let name = String(validating: lines[1], as: UTF8.self)
        else { throw Malformed("an import in it is no text, before byte \(position)") }
        note(module, name)
    }

    private mutating func makeInstance(_ data: ArraySlice<UInt8>) throws(Malformed) {
        let arguments = PickleItem.flatTuple(try popToMark())
        try importLines(data)
        calls = true
        // Taken as a value: an array that is made in this way could not be followed.
        stack.append(result(of: try pop(), arguments))
    }

    private mutating func importFromStack() throws(Malformed) {
        let name = try word(pop()), module = try word(pop())
        note(module, name)
    }

    private func word(_ item: PickleItem) throws(Malformed) -> String {
        switch item {
        case .text(let text): return text
        case .other: return "?"
        default: throw Malformed("an import in it is no text, before byte \(position)")
        }
    }

    /// A name with dots is looked up in what the module itself imports, which is not the module's own.
    private mutating func note(_ module: String, _ name: String) {
        let full = module + (name.contains(".") ? ":" : ".") + name
        imports.insert(full)
        stack.append(.global(full))
    }

    // MARK: Stack

    private var underflow: Malformed { Malformed("it takes more than was put, before byte \(position)") }

    private var strangeWrapper: Malformed {
        Malformed("it uses joblib's wrapper of arrays as joblib does not; save it again with the default protocol")
    }

    private func top() throws(Malformed) -> PickleItem {
        guard let item = stack.last, !item.isMark else { throw underflow }
        return item
    }

    private mutating func popAny() throws(Malformed) -> PickleItem {
        guard let item = stack.popLast(), !item.isMark else { throw underflow }
        return item
    }

    /// A value that is used; joblib's wrapper has one use, and in any other its array could not be followed.
    private mutating func pop() throws(Malformed) -> PickleItem {
        let item = try popAny().used()
        try checkUse(item)
        return item
    }

    private func checkUse(_ item: PickleItem) throws(Malformed) {
        guard loader == .joblib else { return }
        switch item {
        case .wrapper, .global(JoblibWrapper.name): throw strangeWrapper
        default: break
        }
    }

    private mutating func pop(_ count: Int) throws(Malformed) -> [PickleItem] {
        var items: [PickleItem] = []
        for _ in 0..<count { items.append(try pop()) }
        return items.reversed()
    }

    private mutating func popToMark() throws(Malformed) -> [PickleItem] {
        guard let mark = stack.lastIndex(where: \.isMark) else { throw underflow }
        let items = Array(stack[(mark + 1)...])
        stack.removeSubrange(mark...)
        for item in items { try checkUse(item.used()) }
        return items
    }
}
