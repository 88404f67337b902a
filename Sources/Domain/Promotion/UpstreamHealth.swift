/// How well a version has run in an environment that it comes from.
public struct UpstreamHealth: Hashable, Sendable {
    /// Since when it has run well: later by the time in which it was ill, nobody could tell or nobody looked.
    public var since: Timestamp
    /// Until when that is known; `nil` where nothing looks at it, so that time alone counts.
    public var until: Timestamp?
    /// Why nobody can say that it runs well now. Its words do not change from look to look.
    public var doubt: String?
    /// When it is looked at next.
    public var nextLook: Timestamp?

    public init(since: Timestamp, until: Timestamp? = nil, doubt: String? = nil, nextLook: Timestamp? = nil) {
        self.since = since
        self.until = until
        self.doubt = doubt
        self.nextLook = nextLook
    }
}
