import ArgumentParser
import Data

/// How fractions of numbers are written in delimited text.
struct DecimalOption: ParsableArguments {
    @Option(
        name: .customLong("decimal"),
        help: ArgumentHelp("The decimal mark of numbers in delimited text: '.' or ','", valueName: "mark"),
        completion: .list([".", ","]))
    var mark = "."

    /// Reads tables with that mark, and `nulls` as no values; where nothing else is asked for, as a stored profile was made.
    func tableOptions(nulls: [String] = [], like stored: TableOptions? = nil) throws -> TableOptions {
        guard [".", ","].contains(mark), let byte = mark.utf8.first else {
            throw WrongUse("--decimal must be '.' or ','")
        }
        var options = TableOptions(nullSpellings: nulls, decimalMark: byte)
        guard let stored else { return options }
        if nulls.isEmpty { options.nullSpellings = stored.nullSpellings }
        if mark == "." { options.decimalMark = stored.decimalMark }
        return options
    }
}
