/// Counts and sizes as blocks.
enum Bars {
    private static let heights = Array("▁▂▃▄▅▆▇█")
    private static let lengths = Array("▏▎▍▌▋▊▉")

    /// One character a bin, as high as its share of the greatest; a bin without rows is blank.
    static func spark(_ counts: [Int], greatest: Int? = nil) -> String {
        let most = max(1, greatest ?? counts.max() ?? 1)
        return String(
            counts.map { count in
                count <= 0 ? " " : heights[min(7, Int(Double(count) / Double(most) * 8))]
            })
    }

    /// A bar of `share` of `width` characters, to an eighth of one; anything above nothing shows.
    static func bar(_ share: Double, width: Int) -> String {
        guard share > 0, width > 0 else { return "" }
        let eighths = max(1, Int((min(1, share) * Double(width * 8)).rounded()))
        return String(repeating: "█", count: eighths / 8) + (eighths % 8 > 0 ? String(lengths[eighths % 8 - 1]) : "")
    }

    /// A bar in a field of `width`, full at twice the threshold, which is marked in the middle.
    static func effect(_ effect: Double, threshold: Double, width: Int) -> String {
        guard threshold > 0, width > 1, !effect.isNaN else { return "" }
        let bar = Array(bar(min(1, effect / threshold / 2), width: width))
        let middle = width / 2
        return String((0..<width).map { $0 < bar.count ? bar[$0] : $0 == middle ? "┊" : " " })
    }
}
