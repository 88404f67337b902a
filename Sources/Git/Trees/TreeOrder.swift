import Glibc

/// The order of entries in a tree: by the bytes of their names, a folder's name taken with a slash at its end.
enum TreeOrder {
    /// Negative, zero or positive, as `memcmp`.
    static func compare(
        _ one: ArraySlice<UInt8>, isTree oneIsTree: Bool, _ other: ArraySlice<UInt8>, isTree otherIsTree: Bool
    ) -> Int {
        one.withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                let common = min(left.count, right.count)
                if common > 0, let start = left.baseAddress, let end = right.baseAddress {
                    let order = memcmp(start, end, common)
                    if order != 0 { return Int(order) }
                }
                return Int(next(left, common, oneIsTree)) - Int(next(right, common, otherIsTree))
            }
        }
    }

    private static func next(_ name: UnsafeRawBufferPointer, _ index: Int, _ isTree: Bool) -> UInt8 {
        index < name.count ? name[index] : isTree ? UInt8(ascii: "/") : 0
    }
}
