import ArgumentParser

/// Which texts of a table are no values.
struct NullOption: ParsableArguments {
    // The next word whatever it begins with: -999 is what stands for no value most often.
    @Option(
        name: .customLong("null"), parsing: .unconditionalSingleValue,
        help: "A text that means no value, besides an empty field, such as NA or -999 (may be given several times)")
    var spellings: [String] = []
}
