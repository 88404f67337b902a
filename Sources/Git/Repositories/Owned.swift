import CLibgit2

/// Owns one libgit2 object and frees it exactly once.
///
/// Not copyable, so the compiler rules out a double free; `deinit` rules out a leak.
struct Owned: ~Copyable {
    typealias Free = @convention(c) (OpaquePointer?) -> Void

    let pointer: OpaquePointer
    private let free: Free

    /// Runs `make`, which stores a new object in its argument and returns a libgit2 code.
    init(
        freedBy free: Free, _ operation: @autoclosure () -> String, make: (inout OpaquePointer?) -> Int32
    ) throws(GitError) {
        var made: OpaquePointer?
        try check(make(&made), operation())
        guard let made else { throw GitError(.unknown, operation(), "libgit2 returned no object") }
        pointer = made
        self.free = free
    }

    deinit { free(pointer) }
}
