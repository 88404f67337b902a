import Domain
import Glibc
import Synchronization

/// Writes to the two output streams, in colour only where a person looks.
enum Terminal {
    /// Whether standard output is a terminal and the user has not asked for plain text.
    static var isColourful: Bool {
        isatty(1) == 1 && getenv("NO_COLOR") == nil && ProcessFacts.environment["TERM"] != "dumb"
    }

    /// How many characters fit in a line; `nil` where standard output is no terminal.
    static var width: Int? { width(of: 1) }

    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }

    static func say(_ text: String, terminator: String = "\n") {
        write(text.hasSuffix("\n") ? text : text + terminator, to: 1)
    }

    /// The same for text that is long.
    static func say(_ text: consuming [UInt8]) {
        if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
        text.withUnsafeBufferPointer { bytes in
            if isHarmless(bytes) { write(bytes, to: 1) } else { write(String(decoding: bytes, as: UTF8.self), to: 1) }
        }
    }

    /// Logs are kept: what a repository is opened with does not belong there.
    static func complain(_ text: String) {
        let text = Excerpt.withoutCredentials(text)
        write(text + (text.hasSuffix("\n") ? "" : "\n"), to: 2)
    }

    /// One line on standard error that the next one replaces; for terminals only. An empty one takes it away.
    static func progress(_ text: String) {
        // A line that is wrapped could not be taken away.
        let text = String(
            text.split(whereSeparator: \.isNewline).joined(separator: " ").prefix((width(of: 2) ?? 80) - 1))
        write("\r\u{1B}[2K" + harmless(text), raw: 2)
    }

    /// Whether a person looks at standard error, on what can take a line away again.
    static var showsProgress: Bool { isatty(2) == 1 && ProcessFacts.environment["TERM"] != "dumb" }

    enum Colour: String {
        case red = "31", green = "32", yellow = "33", blue = "34", dim = "2", bold = "1"
    }

    static func paint(_ text: String, _ colour: Colour) -> String {
        isColourful ? start(colour) + text + end : text
    }

    static func start(_ colour: Colour) -> String { "\u{1B}[\(colour.rawValue)m" }
    static let end = "\u{1B}[0m"

    /// Columns under each other, two spaces apart; the first row is the heading.
    static func table(_ rows: [[String]], colour: (_ row: Int, _ column: Int) -> Colour? = { _, _ in nil }) -> String {
        guard let heading = rows.first else { return "" }
        var columns = ColumnText(heading: heading)
        for (index, row) in rows.enumerated().dropFirst() { columns.add(row) { colour(index, $0) } }
        return String(decoding: columns.text.dropLast(), as: UTF8.self)
    }

    /// Text of strangers without the characters that could move the cursor or change colours.
    static func harmless(_ text: String) -> String {
        var text = text
        if text.withUTF8({ isHarmless($0) }) { return text }
        let scalars = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
                ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Whether there is no control character but line end and tab, nor a byte that may begin one.
    private static func isHarmless(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            // Without a way out of the loop it runs over many bytes at a time.
            var doubtful = false
            for byte in rest.prefix(4096) {
                let isControl = byte < 0x20 && byte != 0x0A && byte != 0x09 || byte >= 0x7F && byte <= 0xC2
                if isControl { doubtful = true }
            }
            if doubtful { return false }
            rest = rest.dropFirst(4096)
        }
        return true
    }

    private static func write(_ text: String, to descriptor: Int32) {
        write(harmlessUnlessPainted(text), raw: descriptor)
    }

    private static func write(_ text: String, raw descriptor: Int32) {
        var text = text
        text.withUTF8 { write($0, to: descriptor) }
    }

    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
        var rest = UnsafeRawBufferPointer(bytes)[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            if written < 0, errno == EAGAIN {
                // Somebody shares the pipe who does not want to wait for its reader.
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&room, 1, -1)
                continue
            }
            guard written > 0 else { return note(written < 0 ? errno : EIO, descriptor) }
            rest = rest.dropFirst(written)
        }
    }

    /// Why standard output lacks something; 0 where it does not.
    private static let failure = Mutex<Int32>(0)

    /// A reader that has had enough, such as `head`, misses nothing.
    private static func note(_ code: Int32, _ descriptor: Int32) {
        guard descriptor == 1, code != EPIPE else { return }
        failure.withLock { if $0 == 0 { $0 = code } }
    }

    /// Closes standard output and says why not all of it could be written, where that is so. Some file systems say it only now.
    static func loss() -> String? {
        if close(1) != 0, errno != EBADF { note(errno, 1) }
        let code = failure.withLock { $0 }
        return code == 0 ? nil : String(cString: strerror(code))
    }

    /// What may be written: our own colours, where there are any, and text. Everything else of a stranger's is taken out.
    private static func harmlessUnlessPainted(_ text: String) -> String {
        guard isColourful, text.unicodeScalars.contains("\u{1B}") else { return harmless(text) }
        let parts = text.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        return parts.dropFirst().reduce(harmless(String(parts[0]))) { written, part in
            let isOurs = paints.contains { part.hasPrefix($0) }
            return written + (isOurs ? "\u{1B}" : "?") + harmless(String(part))
        }
    }

    private static let paints = ["0", "1", "2", "31", "32", "33", "34"].map { "[\($0)m" }
}
