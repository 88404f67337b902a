/// `models/NAME/schema.yaml`: what each column of the data must look like.
public struct Schema: Hashable, Sendable, FieldGroup {
    public static let kind = "Schema"

    public var columns: [Column]
    /// Whether a column that the schema does not name is a failure; otherwise it is a warning.
    public var strict: Bool
    public var rows: Rows
    public var mappings: [Mapping]
    public var rules: [Rule]

    public init(_ fields: Fields) throws(FieldErrors) {
        columns = try fields.required("columns", "the columns, one by one")
        strict = fields.value("strict", default: false, "whether other columns are refused")
        rows = fields.optional("rows", "how many rows there may be") ?? Rows()
        mappings = fields.value("mappings", default: [], "columns of which one follows from others")
        rules = fields.value("rules", default: [], "what must hold between the columns of each row")
        var seen: Set<String> = []
        for column in columns where !seen.insert(column.name).inserted {
            fields.complain(about: "columns", "column '\(column.name)' is described twice")
        }
        for column in columns {
            guard let old = column.renamedFrom, seen.contains(old) else { continue }
            fields.complain(about: "columns", "column '\(column.name)': renamedFrom '\(old)' is a column still")
        }
        if !columns.isEmpty {
            complain(to: fields)
        } else if !mappings.isEmpty || !rules.isEmpty {
            // Every name would be unknown.
            fields.complain(about: "columns", "mappings and rules need columns, and there are none that can be read")
        }
    }

    public struct Column: Hashable, Sendable, FieldGroup {
        public var name: String
        public var type: ColumnType
        public var role: Role
        public var required: Bool
        public var nullable: Bool
        /// The greatest share of nulls, where nulls are allowed.
        public var maxNullShare: Double
        public var min: Double?
        public var max: Double?
        public var finite: Bool
        /// Of the finite numbers: ranges of their statistics.
        public var mean: Bounds?
        public var standardDeviation: Bounds?
        public var quantiles: [Quantile]
        /// Ranges of how many different values there are, and of that number by value.
        public var distinct: Bounds?
        public var distinctShare: Bounds?
        public var allowed: [String]
        /// The share of values that must be among `allowed`.
        public var minDomainMass: Double
        public var unique: Bool
        public var pattern: String?
        public var minLength: Int?
        public var maxLength: Int?
        public var unit: String?
        public var description: String?
        /// What it was called before.
        public var renamedFrom: String?
        /// Where it stands in the schema's file.
        public var place: Place

        public init(_ fields: Fields) throws(FieldErrors) {
            place = fields.place
            name = try fields.required("name", "as in the table's header")
            type = fields.value("type", default: .string, "what its values are")
            role = fields.value("role", default: .feature, "what the column is for")
            required = fields.value("required", default: true, "whether the column must be there")
            nullable = fields.value("nullable", default: false, "whether values may be missing")
            maxNullShare = fields.value(
                "maxNullShare", default: 1, within: .between(0, 1), "the greatest share of missing values")
            min = fields.optional("min", "the least value, included")
            max = fields.optional("max", "the greatest value, included")
            finite = fields.value("finite", default: true, "whether NaN and infinite numbers are refused")
            mean = fields.optional("mean", "the range of the numbers' mean")
            standardDeviation = fields.optional(
                "standardDeviation", "the range of their standard deviation, that of a sample (n - 1)")
            quantiles = fields.value(
                "quantiles", default: [],
                "ranges of their quantiles, such as {at: 0.5, min: 10, max: 20} for the median")
            distinct = fields.optional("distinct", "the range of how many different values there are")
            distinctShare = fields.optional(
                "distinctShare", "the range of the different values' number by all values: 1 where none comes twice")
            allowed = fields.value("allowed", default: [], "the values there may be")
            minDomainMass = fields.value(
                "minDomainMass", default: 1, within: .between(0, 1), "the share of values that must be allowed ones")
            unique = fields.value("unique", default: false, "whether no value may come twice")
            pattern = fields.optional("pattern", "a regular expression that each value matches as a whole")
            minLength = fields.optional("minLength", within: .atLeast(0), "the least number of characters")
            maxLength = fields.optional("maxLength", within: .atLeast(0), "the greatest number of characters")
            unit = fields.optional("unit", "what the number counts, for people")
            description = fields.optional("description", "what the column means, for people")
            renamedFrom = fields.optional(
                "renamedFrom", "what it was called before, so that data.feature-velocity takes it for no new feature")
            if let min, let max, min > max { fields.complain(about: "min", "\(min) is greater than max \(max)") }
            if let minLength, let maxLength, minLength > maxLength {
                fields.complain(about: "minLength", "\(minLength) is greater than maxLength \(maxLength)")
            }
            complainOfStatistics(to: fields)
        }
    }

    public enum ColumnType: String, FieldChoice {
        case string, int, float, bool, timestamp
    }

    public enum Role: String, FieldChoice {
        case feature, label, id, slice, time, weight, other
    }
}
