import NIOCore
import NIOHTTP1

/// Reads one request of a connection, answers it, and closes: senders of webhooks gain nothing from keeping connections.
final class Reception: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A sender that takes longer is cut off, however busily it sends.
    private static let patience = TimeAmount.seconds(10)

    private let desk: WebhookDesk
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isAnswered = false
    private var deadline: Scheduled<Void>?

    init(_ desk: WebhookDesk) { self.desk = desk }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswered else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            let length = head.headers.first(name: "content-length").flatMap { Int($0) }
            if let answer = desk.early(head.method.rawValue, Self.path(head), length: length) { write(answer, context) }
        case .body(let buffer):
            guard body.count + buffer.readableBytes <= desk.bodyLimit else { return write(.tooLarge, context) }
            body += buffer.readableBytesView
        case .end:
            guard let head else { return }
            let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
            write(desk.take(Self.path(head), Delivery(headers: headers, body: body)), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func path(_ head: HTTPRequestHead) -> String { String(head.uri.prefix { $0 != "?" }) }

    private func write(_ answer: WebhookDesk.Answer, _ context: ChannelHandlerContext) {
        isAnswered = true
        let text = ByteBuffer(string: answer.text + "\n")
        let headers: HTTPHeaders = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.readableBytes)",
            "connection": "close",
        ]
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}
