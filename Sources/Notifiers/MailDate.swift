import Domain

/// A date as mail has it (RFC 5322 §3.3): `Sat, 28 Nov 2026 22:16:29 +0000`.
enum MailDate {
    private static let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(separator: " ")
    private static let days = "Thu Fri Sat Sun Mon Tue Wed".split(separator: " ")

    static func text(_ time: Timestamp) -> String {
        // 2026-11-28T22:16:29Z
        let parts = Timestamp(seconds: time.seconds).description.split { "-T:Z".contains($0) }
        guard parts.count == 6, let month = Int(parts[1]), months.indices.contains(month - 1) else { return "" }
        // The first day of 1970 was a Thursday.
        let whole = time.seconds / 86_400 - (time.seconds % 86_400 < 0 ? 1 : 0)
        let day = days[Int((whole % 7 + 7) % 7)]
        return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]):\(parts[4]):\(parts[5]) +0000"
    }
}
