/// What a target wrote under settings that it has no more: whoever reads there is still served it.
public struct Leftover: Hashable, Sendable {
    public let target: TargetRecord
    /// The folder, for people.
    public let place: String

    public init(target: TargetRecord, place: String) { (self.target, self.place) = (target, place) }

    public var words: String {
        "what earlier settings of the target wrote is still in \(Excerpt.line(place, limit: 400))"
    }

    /// At most so many are remembered of a deployment.
    public static let limit = 10

    public var json: JSON { ["target": target.json, "place": .string(place)] }

    public init?(json: JSON) {
        guard let target = json["target"].flatMap({ TargetRecord(json: $0) }), let place = json["place"]?.string else {
            return nil
        }
        self.init(target: target, place: place)
    }
}
