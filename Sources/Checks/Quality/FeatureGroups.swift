import Domain

/// Features that say the same or belong together, by the names of the groups: permuted together, none of them stands in for another.
struct FeatureGroups {
    let all: [(name: String, members: [String])]

    static let none = FeatureGroups([:])

    init(_ groups: [String: [String]]) {
        all = groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.unique) }
    }

    subscript(name: String) -> [String]? { all.first { $0.name == name }?.members }

    /// What is wrong with the setting itself.
    var complaint: String? {
        for (name, members) in all where members.count < 2 {
            return "'\(Excerpt.line(name))' must have at least two features"
        }
        return nil
    }

    /// Throws where a member is no feature, or a group is called as one.
    func require(_ features: [String]) throws(MissingEvidence) {
        let known = Set(features)
        for (name, members) in all {
            if known.contains(name) {
                throw MissingEvidence("the group '\(name)' is called as a feature is; give it another name in groups")
            }
            guard let stranger = members.first(where: { !known.contains($0) }) else { continue }
            let near = Suggestion.nearest(to: stranger, in: features).map { "; did you mean '\($0)'?" } ?? ""
            throw MissingEvidence("the group '\(name)' names '\(Excerpt.line(stranger))', which is no feature\(near)")
        }
    }
}
