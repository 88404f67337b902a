import Domain

/// A measure as settings name it: a member or column, or one divided by another.
struct MeasureName {
    let dividend: String
    let divisor: String?

    init(_ name: String) {
        let parts = name.pathParts(most: 2).map(String.init)
        dividend = parts.count == 2 ? parts[0] : name
        divisor = parts.count == 2 ? parts[1] : nil
    }
}
