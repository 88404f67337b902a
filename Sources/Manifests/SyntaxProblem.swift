import CLibyaml
import Domain

/// What libyaml could not read, in words that say what to do.
struct SyntaxProblem {
    let code: String
    let message: String
    let hint: String?
    /// Where to look.
    let mark: yaml_mark_t
    /// Where libyaml noticed it, which may be far behind.
    let noticedAt: yaml_mark_t

    init(_ parser: yaml_parser_t) {
        let problem = parser.problem.map { String(cString: $0) } ?? "unreadable"
        let context = parser.context.map { String(cString: $0) } ?? ""
        noticedAt = parser.problem_mark
        let opened = parser.context_mark
        switch problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            (code, mark) = ("unclosed-quote", opened)
            (message, hint) = ("a quote that is opened here is never closed", "close it")
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            let isList = problem.hasSuffix("']'")
            (code, mark) = (isList ? "unclosed-list" : "unclosed-mapping", parser.problem_mark)
            message = "expected ',' or '\(isList ? "]" : "}")'"
            hint = "the \(isList ? "list" : "mapping") starts on line \(opened.line + 1), column \(opened.column + 1)"
        case "found character that cannot start any token":
            let isTab = Self.byte(of: parser) == 0x09
            (code, mark) = (isTab ? "tab" : "syntax", parser.problem_mark)
            message = isTab ? "a tab cannot indent" : "this character cannot start a value"
            hint = isTab ? "use spaces" : "put the value in quotes"
        case "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            (code, mark, message, hint) = ("tab", parser.problem_mark, "a tab cannot indent", "use spaces")
        case "mapping values are not allowed in this context":
            (code, mark, message) = ("syntax", parser.problem_mark, "a 'key: value' cannot stand here")
            hint = "put a value that holds ': ' in quotes, and indent keys of one mapping alike"
        case "did not find expected key":
            (code, mark, message) = ("indentation", parser.problem_mark, "expected a key of the mapping around it")
            hint = "indent it like the keys of the mapping that starts on line \(opened.line + 1)"
        case "did not find expected '-' indicator":
            (code, mark, message) = ("indentation", parser.problem_mark, "expected '- ' of the list around it")
            hint = "indent it like the items of the list that starts on line \(opened.line + 1)"
        case "could not find expected ':'":
            (code, mark, message) = ("missing-colon", opened, "expected ':' after this key")
            hint = "write 'key: value'"
        case "did not find expected <document start>":
            (code, mark, message) = ("syntax", parser.problem_mark, "expected the end of the file, or '---'")
            hint = "a document is one mapping; put '---' before the next"
        case "found unknown escape character", "did not find expected hexdecimal number":
            (code, mark, message) = ("escape", parser.problem_mark, "this escape does not exist in YAML")
            hint = "write \\\\ for a backslash, or use single quotes"
        default:
            (code, mark) = ("syntax", parser.problem_mark)
            (message, hint) = (context.isEmpty ? problem : "\(problem) \(context)", nil)
        }
    }

    private static func byte(of parser: yaml_parser_t) -> UInt8? { parser.buffer.pointer?.pointee }
}
