import NIOCore
import NIOHTTP1
import NIOPosix

/// Listens for webhooks. One thread is plenty: a request is a signature and a datagram.
public struct WebServer: Sendable {
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    /// Starts to listen; port 0 takes any that is free.
    ///
    /// - Parameter connections: How many are served at a time; more are told to come again.
    public init(_ handler: WebhookHandler, host: String, port: Int, connections: Int = 256) async throws {
        let load = Load(connections: connections, bytes: max(32 << 20, 2 * handler.bodyLimit))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
                        try channel.pipeline.syncOperations.addHandler(Reception(handler, load))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        self.group = group
    }

    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Returns when the server was closed.
    public func wait() async throws { try await channel.closeFuture.get() }

    public func close() async {
        try? await channel.close().get()
        try? await group.shutdownGracefully()
    }
}
