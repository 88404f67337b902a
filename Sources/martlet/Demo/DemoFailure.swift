import Domain

/// The demo did not come as far as it should: what it waited for, and what was seen instead.
struct DemoFailure: Failure {
    let description: String
    var remedy: Remedy { .askHuman }

    init(_ description: String) { self.description = description }
}
