extension BidirectionalCollection<UInt8> {
    /// The lines of a text, empty ones too, without their ends (LF, or CR and LF) and without a byte order mark.
    ///
    /// Bytes are split, since in a String a CR and an LF are one character, which is not equal to `"\n"`.
    var lines: [String] {
        let text = starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self[...]
        return text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
    }
}
