extension Schema {
    /// How many rows a table may have: by itself, and against the table of the same name that the version that runs has.
    public struct Rows: Hashable, Sendable, FieldGroup {
        public var min: Double?
        public var max: Double?
        public var minFraction = 0.5
        public var maxFraction = 2.0
        /// Where it stands in the schema's file; `nil` where the standard ones count.
        public var place: Place?

        public init() {}

        public init(_ fields: Fields) throws(FieldErrors) {
            place = fields.place
            min = fields.optional("min", "the least, included")
            max = fields.optional("max", "the greatest, included")
            minFraction = fields.value(
                "minFraction", default: 0.5, within: .between(0, 1),
                "the least share of the rows that the same dataset has in the version that runs now")
            maxFraction = fields.value(
                "maxFraction", default: 2, within: .atLeast(1), "how many times as many rows as there it may have")
            if let min, let max, min > max { fields.complain(about: "min", "\(min) is greater than max \(max)") }
        }
    }

    /// An inclusive range; an end that is missing is open.
    public struct Bounds: Hashable, Sendable, FieldGroup {
        public var min: Double?
        public var max: Double?

        public init(_ fields: Fields) throws(FieldErrors) {
            min = fields.optional("min", "the least, included")
            max = fields.optional("max", "the greatest, included")
            fields.requireRange(min, max)
        }
    }

    /// The range of one quantile.
    public struct Quantile: Hashable, Sendable, FieldGroup {
        public var at: Double
        public var min: Double?
        public var max: Double?

        public init(_ fields: Fields) throws(FieldErrors) {
            at = try fields.required("at", within: .between(0, 1), "which: 0.5 is the median")
            min = fields.optional("min", "the least, included")
            max = fields.optional("max", "the greatest, included")
            fields.requireRange(min, max)
        }
    }
}

extension Fields {
    /// Notes where a range is none, or holds everything.
    fileprivate func requireRange(_ min: Double?, _ max: Double?) {
        if let min, let max, min > max { complain(about: "min", "\(min) is greater than max \(max)") }
        if lacks("min", "max") { complain(about: "min", "give min, max or both") }
    }
}

extension Schema.Column {
    private static let mostQuantiles = 100

    /// Notes ranges of statistics that no such column has.
    func complainOfStatistics(to fields: Fields) {
        let asked = [("mean", mean != nil), ("standardDeviation", standardDeviation != nil)]
        for (key, isAsked) in asked + [("quantiles", !quantiles.isEmpty)]
        where isAsked && type != .int && type != .float {
            fields.complain(
                about: key, "only a column of numbers has any, and this is a \(type.rawValue)", hint: "type: float")
        }
        if quantiles.count > Self.mostQuantiles {
            fields.complain(
                about: "quantiles", "\(quantiles.count) of them, at most \(Self.mostQuantiles) are taken")
        }
    }
}
