import ArgumentParser
import Data

/// How fractions of numbers are written in delimited text.
struct DecimalOption: ParsableArguments {
    @Option(
        name: .customLong("decimal"),
        help: ArgumentHelp("The decimal mark of numbers in delimited text: '.' or ','", valueName: "mark"),
        completion: .list([".", ","]))
    var mark = "."

    /// Reads tables with that mark, and `nulls` as no values.
    func tableOptions(nulls: [String] = []) throws -> TableOptions {
        guard [".", ","].contains(mark), let byte = mark.utf8.first else {
            throw WrongUse("--decimal must be '.' or ','")
        }
        return TableOptions(nullSpellings: nulls, decimalMark: byte)
    }
}
