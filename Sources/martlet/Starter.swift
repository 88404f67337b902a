enum Starter {
    static let files: [(path: String, bytes: [UInt8])] = []
}
