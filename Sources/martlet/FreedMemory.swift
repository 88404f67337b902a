import Glibc

/// What becomes of memory that is no longer used.
enum FreedMemory {
    /// Keeps it for the arrays that come next, instead of giving it back and asking for it again page by page.
    ///
    /// For commands that fill one large array after the other and end: it saves them a twentieth to a quarter of their time.
    static func keep() {
        set(mmapThreshold, 1 << 30)
        set(trimThreshold, .max)
    }

    /// Gives large arrays back at once, for commands that are to stay small.
    static func giveBack() { set(mmapThreshold, 1 << 20) }

    // Only glibc has the function and these names for its options, in a header that Swift does not see.
    private static let mmapThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1

    private static func set(_ option: Int32, _ value: Int32) {
        typealias Option = @convention(c) (Int32, Int32) -> Int32
        guard let address = dlsym(nil, "mallopt") else { return }
        _ = unsafeBitCast(address, to: Option.self)(option, value)
    }
}
