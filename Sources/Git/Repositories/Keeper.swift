/// Keeps one repository handle, which one thread at a time may use, and lends it on its own thread.
actor Keeper<Handle> {
    private nonisolated let thread: BlockingExecutor
    private let open: @Sendable () throws -> Handle
    private var handle: Handle?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens the handle when it is first needed.
    init(label: String, open: @escaping @Sendable () throws -> Handle) {
        thread = BlockingExecutor(label: label)
        self.open = open
    }

    func lend<Value: Sendable>(_ body: @Sendable (Handle) throws -> Value) throws -> Value {
        let handle = try handle ?? open()
        self.handle = handle
        return try body(handle)
    }
}
