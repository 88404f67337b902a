extension Model {
    /// How the order of a query's rows is judged.
    public struct Ranking: Hashable, Sendable, FieldGroup {
        /// What a row of some relevance is worth in DCG.
        public enum Gain: String, FieldChoice {
            /// 2 to the power of the relevance, less 1.
            case exponential

            /// The relevance itself.
            case linear
        }

        public var gain: Gain
        public var cutoffs: [Int]

        /// What holds where a manifest says nothing.
        public static let standard = Ranking()

        public init(gain: Gain = .exponential, cutoffs: [Int] = [1, 5, 10]) {
            self.gain = gain
            self.cutoffs = Set(cutoffs).sorted()
        }

        public init(_ fields: Fields) throws(FieldErrors) {
            self.init(
                gain: fields.value(
                    "gain", default: .exponential, "what a relevance is worth: 2^relevance - 1, or itself"),
                cutoffs: fields.value("cutoffs", default: [1, 5, 10], "after how many rows of a query metrics look"))
            if let least = cutoffs.first, least < 1 { fields.complain(about: "cutoffs", "must be at least 1") }
            if cutoffs.count > Self.limit { fields.complain(about: "cutoffs", "at most \(Self.limit) can be given") }
        }

        /// Of cutoffs.
        public static let limit = 20
    }
}
