import Domain

/// Tells the two labels of a binary classification apart while their spellings come.
public struct BinaryLabels: Sendable {
    /// The label that counts as 1, as scikit-learn's `pos_label`; `nil` where labels are 0 and 1, or `true` and `false`.
    public let positive: String?
    private let key: String?
    private var other: String?

    public init(positive: String?) {
        self.positive = positive
        key = positive.map(Self.key)
    }

    /// Where both labels are known by name, as in another table.
    init(positive: String, negative: String) {
        self.init(positive: positive)
        other = Self.key(negative)
    }

    /// The label that counts as 0 beside one that is named, once it came.
    var negative: String? { other }

    /// 1 or 0; `nil` for a text that is no label here: neither 0 nor 1, or beside a named label a third one.
    public mutating func value(of text: String) -> UInt8? {
        guard let key else { return ClassLabel.binary(text) }
        let spelled = Self.key(text)
        if spelled.hasBytes(of: key) { return 1 }
        if other == nil { other = spelled }
        return other?.hasBytes(of: spelled) == true ? 0 : nil
    }

    /// Whether none of the texts is the positive label that is named.
    func lacksPositive(_ texts: [String]) -> Bool {
        key.map { key in !texts.contains { Self.key($0).hasBytes(of: key) } } ?? false
    }

    /// Whether each of two labels that are named is among the texts.
    func areBoth(among texts: [String]) -> Bool {
        guard let key, let other else { return false }
        let known = Set(texts.map { ExactText(Self.key($0)) })
        return known.contains(ExactText(key)) && known.contains(ExactText(other))
    }

    /// Why `text` has no value, as the end of a sentence.
    public func complaint(about text: String) -> String {
        guard let positive else { return "`\(text)` is no label of a binary classification, expected 0 or 1" }
        return "`\(text)` is a third label beside `\(positive)` and `\(other ?? "")`"
    }

    /// What to write so that the labels that came are known.
    static func remedy(for texts: [String]) -> String {
        let option = "--positive VALUE on the command line, spec.evaluation.positive in a manifest"
        let labels = Set(texts.map(key)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return switch labels.count {
        case ...2: "write 0 and 1, or name the label that counts as 1, \(listed(labels)): \(option)"
        default: "write 0 and 1, or two other labels of which one is named: \(option); more are a multi-class task"
        }
    }

    static func listed(_ labels: [String]) -> String {
        labels.prefix(5).map { "`\($0)`" }.joined(separator: " or ") + (labels.count > 5 ? ", …" : "")
    }

    private static func key(_ text: String) -> String {
        ClassLabel.binary(text).map { $0 == 1 ? "1" : "0" } ?? ClassLabel.canonical(text)
    }
}
