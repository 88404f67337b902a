/// Tells which values of a column came before: exactly, whatever their number, in bounded memory.
///
/// Values are compared byte by byte. What memory does not hold is sorted and written to a temporary file, part by part, and the
/// parts are read side by side in the end. Values longer than 1024 bytes are the same where their lengths, their beginnings and their
/// SHA-256 are.
public final class UniqueValues {
    private let room: KeyRoom
    private var table = KeyTable()
    private var used = 0

    /// Where the parts are that memory did not hold.
    private var parts: [Range<Int>] = []
    private var failure: DataError?

    public init(sharing room: KeyRoom) {
        self.room = room
        room.enter()
    }

    deinit { room.leave(used) }

    /// Adds a value; false where it is known at once that it came before. `line` is asked for where it may be needed later.
    public func insert(_ value: UnsafeBufferPointer<UInt8>, line: () -> Int) -> Bool {
        guard failure == nil else { return true }
        let isFirstPart = parts.isEmpty
        // Nobody asks where the values of the first part are: they come first.
        let isNew = table.insert(UnsafeRawBufferPointer(value)) { isFirstPart ? 0 : line() }
        if isNew {
            let more = min(value.count, KeyTable.longest) + KeyTable.overhead
            used += more
            room.use(more)
            if room.isFull(with: used) { spill() }
        }
        return isNew
    }

    /// Hands out the values that came before although `insert` did not know it, with their lines, in no order.
    ///
    /// Throws where the temporary file cannot be made, written or read: then it is not known whether there are any.
    public func finish(_ body: (_ line: Int, _ value: UnsafeRawBufferPointer) -> Void) throws(DataError) {
        if !parts.isEmpty { spill() }
        if let failure { throw failure }
        if parts.isEmpty { return }
        let file = try room.spill(), step = room.step(of: parts.count)
        try Self.merge(parts.map { KeyRun(file, $0, step: step) }, body)
    }

    private func spill() {
        var full = KeyTable()
        swap(&full, &table)
        room.use(-used)
        used = 0
        do throws(DataError) { parts.append(try KeyRun.write(consume full, to: room.spill())) } catch {
            failure = error
        }
    }

    /// Walks sorted parts in one order. Of equal values, the one of the earliest part came first.
    private static func merge(
        _ all: [KeyRun], _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) throws(DataError) {
        var runs: [KeyRun] = []
        for run in all {
            var run = run
            if try run.next() { runs.append(run) }
        }
        /// The number of the run that is next on top, those below it at 2 n + 1 and 2 n + 2.
        var heap = Array(runs.indices)
        func isBefore(_ one: Int, _ other: Int) -> Bool {
            if runs[one].hash != runs[other].hash { return runs[one].hash < runs[other].hash }
            return runs[one].precedes(runs[other]) || one < other && !runs[other].precedes(runs[one])
        }
        func sink(_ start: Int) {
            var place = start
            while 2 * place + 1 < heap.count {
                var child = 2 * place + 1
                if child + 1 < heap.count, isBefore(heap[child + 1], heap[child]) { child += 1 }
                guard isBefore(heap[child], heap[place]) else { return }
                heap.swapAt(child, place)
                place = child
            }
        }
        for place in heap.indices.reversed() { sink(place) }
        var last: (hash: UInt64, count: UInt32, text: [UInt8]) = (0, 0, [])
        var walked = 0
        while let top = heap.first {
            if walked & 0xFFFF == 0 { try DataError.stopIfCancelled() }
            let (hash, count, line) = (runs[top].hash, runs[top].count, runs[top].line)
            runs[top].withText { text in
                if walked > 0, hash == last.hash, count == last.count, text.elementsEqual(last.text) {
                    return body(line, text)
                }
                (last.hash, last.count) = (hash, count)
                last.text.removeAll(keepingCapacity: true)
                last.text.append(contentsOf: text)
            }
            walked += 1
            if try !runs[top].next() {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
            }
            sink(0)
        }
    }
}
