/// A licence as SPDX writes it: identifiers with `AND`, `OR`, `WITH` and brackets (SPDX 2.3, annex D). `AND` binds closer than `OR`.
enum LicenceExpression: Hashable {
    case licence(String)
    case all([LicenceExpression])
    case any([LicenceExpression])

    /// `nil` where the text is no such expression.
    init?(_ text: String) {
        var reader = Reader(words: Reader.words(text)[...])
        guard let expression = reader.alternatives(), reader.words.isEmpty else { return nil }
        self = expression
    }

    /// Of alternatives one that may be used is enough; of a sum, every part must be.
    func isAllowed(by rule: (String) -> Bool) -> Bool {
        switch self {
        case .licence(let name): rule(name)
        case .all(let parts): parts.allSatisfy { $0.isAllowed(by: rule) }
        case .any(let parts): parts.contains { $0.isAllowed(by: rule) }
        }
    }

    /// In lower case, and `agplv3`, `agpl-v3` and `agpl3` as `agpl-3`: identifiers are compared so.
    static func plain(_ name: String) -> String {
        let name = name.lowercased()
        guard let letters = name.prefixMatch(of: #/([a-z]*[a-uw-z])-?v?(?=[0-9])/#) else { return name }
        return "\(letters.output.1)-\(name[letters.range.upperBound...])"
    }
}

extension LicenceExpression {
    /// Walks the words of an expression.
    fileprivate struct Reader {
        var words: ArraySlice<String>
        private var depth = 0

        init(words: ArraySlice<String>) { self.words = words }

        static func words(_ text: String) -> [String] {
            text.replacing("(", with: " ( ").replacing(")", with: " ) ").split(whereSeparator: \.isWhitespace).map(
                String.init)
        }

        private mutating func take(_ word: String) -> Bool {
            guard words.first?.uppercased() == word else { return false }
            words.removeFirst()
            return true
        }

        mutating func alternatives() -> LicenceExpression? {
            list("OR", { $0.sum() }).map { $0.count == 1 ? $0[0] : .any($0) }
        }

        private mutating func sum() -> LicenceExpression? {
            list("AND", { $0.term() }).map { $0.count == 1 ? $0[0] : .all($0) }
        }

        private mutating func list(
            _ word: String, _ part: (inout Reader) -> LicenceExpression?
        ) -> [LicenceExpression]? {
            guard let first = part(&self) else { return nil }
            var parts = [first]
            while take(word) {
                guard let next = part(&self) else { return nil }
                parts.append(next)
            }
            return parts
        }

        private mutating func term() -> LicenceExpression? {
            if take("(") {
                guard depth < 32 else { return nil }
                depth += 1
                defer { depth -= 1 }
                guard let inner = alternatives(), take(")") else { return nil }
                return inner
            }
            guard let name = identifier() else { return nil }
            // An exception only gives more rights.
            if take("WITH"), identifier() == nil { return nil }
            return .licence(name)
        }

        private mutating func identifier() -> String? {
            guard let word = words.first, !["AND", "OR", "WITH", "(", ")"].contains(word.uppercased()),
                word.utf8.allSatisfy({ $0 != 0x2C && $0 > 0x20 })
            else { return nil }
            return words.removeFirst()
        }
    }
}
