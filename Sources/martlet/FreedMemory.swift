import Glibc

/// What becomes of memory that is no longer used.
enum FreedMemory {
    /// Keeps it for the arrays that come next, instead of giving it back and asking for it again page by page.
    ///
    /// For commands that fill one large array after the other and end: it saves them a twentieth to a quarter of their time.
    static func keep() {
        set(mmapThreshold, 1 << 30)
        set(trimThreshold, .max)
        set(mostArenas, 1)
        useLargePages()
    }

    /// Lets the heap grow by pages of 2 MiB, as far as a million rows need: the kernel clears and maps each page that is touched first, and
    /// with pages of 4 KiB that is a sixth of the time. Costs address space only, and where there is not enough of that, nothing.
    private static func useLargePages() {
        let size = 512 << 20, page = 2 << 20
        guard let start = malloc(size) else { return }
        let first = (Int(bitPattern: start) + page - 1) & -page, end = (Int(bitPattern: start) + size) & -page
        madvise(UnsafeMutableRawPointer(bitPattern: first), end - first, MADV_HUGEPAGE)
        free(start)
    }

    /// Gives large arrays back at once, for commands that are to stay small.
    static func giveBack() { set(mmapThreshold, 1 << 20) }

    // Only glibc has the function and these names for its options, in a header that Swift does not see.
    private static let mmapThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1
    private static let mostArenas: Int32 = -8

    private static func set(_ option: Int32, _ value: Int32) {
        typealias Option = @convention(c) (Int32, Int32) -> Int32
        guard let address = dlsym(nil, "mallopt") else { return }
        _ = unsafeBitCast(address, to: Option.self)(option, value)
    }
}
