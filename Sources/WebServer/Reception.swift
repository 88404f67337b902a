import NIOCore
import NIOHTTP1

/// Reads one request of a connection, answers it, and closes: senders of webhooks gain nothing from keeping connections.
final class Reception: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// A sender that takes longer is cut off, however busily it sends.
    private static let patience = TimeAmount.seconds(10)

    private let handler: WebhookHandler
    private let load: Load
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isAnswered = false
    private var isCounted = false
    private var deadline: Scheduled<Void>?

    init(_ handler: WebhookHandler, _ load: Load) {
        self.handler = handler
        self.load = load
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let isServed = load.open()
        isCounted = true
        let patience = isServed ? Self.patience : .seconds(1)
        deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        if !isServed { write(.tooMany, context, isLast: false) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        forget()
        if isCounted { load.close() }
        isCounted = false
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard !isAnswered else { return }
            self.head = head
            let length = head.headers.first(name: "content-length").flatMap { Int($0) }
            let answer = handler.early(
                head.method.rawValue, Self.path(ofTarget: head.uri), length: length, Self.headers(head))
            if let answer { write(answer, context, isLast: false) }
        case .body(let buffer):
            guard !isAnswered else { return }
            guard body.count + buffer.readableBytes <= handler.bodyLimit else {
                return write(.tooLarge, context, isLast: false)
            }
            guard load.keep(buffer.readableBytes) else { return write(.tooMany, context, isLast: false) }
            body += buffer.readableBytesView
        case .end:
            // Closed before all was read, the connection would be reset, and the answer perhaps lost with it.
            guard !isAnswered else { return context.close(promise: nil) }
            guard let head else { return }
            let delivery = WebhookRequest(headers: Self.headers(head), body: body)
            write(handler.take(Self.path(ofTarget: head.uri), delivery), context, isLast: true)
        }
    }

    /// Lets go of what was kept.
    private func forget() {
        load.drop(body.count)
        body = []
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func headers(_ head: HTTPRequestHead) -> [String: String] {
        Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
    }

    /// The path alone. A target may name scheme and host, too: RFC 9112, section 3.2.2, "absolute-form".
    static func path(ofTarget target: String) -> String {
        var rest = target[...]
        if let scheme = ["http://", "https://"].first(where: { target.lowercased().hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            if !rest.hasPrefix("/") { return "/" }
        }
        return String(rest.prefix { $0 != "?" })
    }

    /// - Parameter isLast: Whether nothing more is to come; what does, of a request that is answered early, is read and dropped until
    ///   its end or the deadline.
    private func write(_ answer: WebhookHandler.Answer, _ context: ChannelHandlerContext, isLast: Bool) {
        isAnswered = true
        forget()
        let text = ByteBuffer(string: answer.text + "\n")
        var headers: HTTPHeaders = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.readableBytes)",
            "connection": "close",
        ]
        if let seconds = answer.retryAfter { headers.add(name: "retry-after", value: "\(seconds)") }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        let channel = context.channel
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if isLast { written.whenComplete { _ in channel.close(promise: nil) } }
    }
}
