/// Numbers of few decimal places as whole multiples of a power of ten, in 32 bits each.
///
/// Half the memory of doubles, and sorted in a third of the passes. Packing is exact: what does not come back bit for bit is
/// not packed.
struct DecimalRun: Sendable {
    /// The most decimal places.
    static let most = 9

    /// How many decimal places the unit has: each number is its whole over 10^places.
    let places: Int
    private(set) var wholes: [Int32]

    /// Packs numbers with as few decimal places as they all allow, and at least `least`; `nil` where a number has too many
    /// digits. There must be no negative zero among them.
    init?(_ numbers: UnsafeBufferPointer<Double>, atLeast least: Int = 0) {
        guard least <= Self.most else { return nil }
        if let wholes = Self.packed(numbers, places: least) {
            (places, self.wholes) = (least, wholes)
            return
        }
        var places = least
        for number in numbers {
            while !Self.hasPlaces(number, places) {
                places += 1
                if places > Self.most { return nil }
            }
        }
        guard let wholes = Self.packed(numbers, places: places) else { return nil }
        (self.places, self.wholes) = (places, wholes)
    }

    /// Whether the numbers fit in 32 bits with more decimal places, too.
    private func fits(_ places: Int) -> Bool {
        guard places > self.places, let range else { return true }
        let factor = Self.factor(places - self.places)
        return Int32(exactly: range.lowerBound * factor) != nil && Int32(exactly: range.upperBound * factor) != nil
    }

    /// The least and the greatest whole; `nil` where there are none.
    var range: ClosedRange<Int>? {
        guard let first = wholes.first else { return nil }
        var (low, high) = (first, first)
        for whole in wholes {
            low = min(low, whole)
            high = max(high, whole)
        }
        return Int(low)...Int(high)
    }

    /// Hands out the numbers.
    func withNumbers<Result>(_ body: (UnsafeBufferPointer<Double>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: wholes.count) { numbers in
            Self.unpack(wholes, places, to: numbers)
            return body(UnsafeBufferPointer(numbers))
        }
    }

    /// The numbers in ascending order.
    consuming func sorted() -> [Double] {
        var run = consume self
        // Taken out, since what two hold is copied when it is sorted.
        var wholes: [Int32] = []
        swap(&wholes, &run.wholes)
        run.wholes = RadixSort.sorted(consume wholes)
        return run.numbers
    }

    var numbers: [Double] {
        [Double](unsafeUninitializedCapacity: wholes.count) { numbers, count in
            Self.unpack(wholes, places, to: numbers)
            count = wholes.count
        }
    }

    private init(places: Int, wholes: [Int32]) {
        self.places = places
        self.wholes = wholes
    }

    /// All numbers of `runs`, in their order; `nil` where they do not fit in 32 bits at the most places that one of them has.
    ///
    /// Empties them one by one, so that memory holds all of them once.
    static func joined(_ runs: inout [DecimalRun]) -> DecimalRun? {
        let places = runs.map(\.places).max() ?? 0
        guard runs.allSatisfy({ $0.fits(places) }) else { return nil }
        var wholes: [Int32] = []
        wholes.reserveCapacity(runs.reduce(0) { $0 + $1.wholes.count })
        for index in runs.indices {
            let factor = Int32(truncatingIfNeeded: factor(places - runs[index].places))
            wholes.append(contentsOf: runs[index].wholes.lazy.map { $0 &* factor })
            runs[index].wholes = []
        }
        return DecimalRun(places: places, wholes: wholes)
    }

    /// The number that a whole stands for.
    static func number(_ whole: Int32, _ places: Int) -> Double { Double(whole) / scales[places] }

    /// How many of the unit with `places` more decimal places make one.
    static func factor(_ places: Int) -> Int { Int(scales[places]) }

    private static let scales: [Double] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    /// Adding it leaves the whole part of a number of up to 51 bits in the lower bits of the sum.
    private static let shift = 0x1.8p52

    @inline(__always)
    private static func whole(_ number: Double, _ scale: Double) -> Int32 {
        Int32(truncatingIfNeeded: (number * scale + shift).bitPattern)
    }

    private static func hasPlaces(_ number: Double, _ places: Int) -> Bool {
        let scale = scales[places]
        return Double(whole(number, scale)) / scale == number
    }

    private static func packed(_ numbers: UnsafeBufferPointer<Double>, places: Int) -> [Int32]? {
        let scale = scales[places]
        var difference: UInt64 = 0
        let wholes = [Int32](unsafeUninitializedCapacity: numbers.count) { wholes, count in
            for index in 0..<numbers.count {
                let whole = whole(numbers[index], scale)
                wholes[index] = whole
                difference |= (Double(whole) / scale).bitPattern ^ numbers[index].bitPattern
            }
            count = numbers.count
        }
        return difference == 0 ? wholes : nil
    }

    private static func unpack(_ wholes: [Int32], _ places: Int, to numbers: UnsafeMutableBufferPointer<Double>) {
        let scale = scales[places]
        wholes.withUnsafeBufferPointer { wholes in
            for index in 0..<wholes.count { numbers.initializeElement(at: index, to: Double(wholes[index]) / scale) }
        }
    }
}
