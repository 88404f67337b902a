import Data
import Domain

/// Whether those who were trained on can be told from others by how well the model knows them (Yeom et al. 2018).
///
/// The area under the ROC curve of the loss: one half where nothing leaks.
struct MembershipInference {
    let auc: Double
    let interval: Interval
    let members: Int
    let others: Int

    /// Reads `split` (train or member, or anything else), and `loss`, or `label` and `score` of a binary classification.
    init(_ table: RunTable, path: String, positive: String? = nil) throws(MissingEvidence) {
        let split = table.texts(try table.column(nil, or: ["split", "member"], in: path)) ?? []
        let isMember = split.map { ["train", "training", "member", "1", "true"].contains($0.lowercased()) }
        let losses = try Self.losses(table, path, positive)
        let known = losses.indices.filter { losses[$0].isFinite && !split[$0].isEmpty }
        let labels = known.map { isMember[$0] ? UInt8(1) : 0 }
        guard let area = DeLong(labels: labels, scores: known.map { -losses[$0] }), let interval = area.interval()
        else {
            throw MissingEvidence(
                "\(path) has no two rows of members and of others, so nothing can be compared", file: path)
        }
        auc = area.auc
        self.interval = interval
        members = labels.count { $0 == 1 }
        others = labels.count - members
    }

    private static func losses(
        _ table: RunTable, _ path: String, _ positive: String?
    ) throws(MissingEvidence) -> [Double] {
        if let losses = try table.numbers("loss") { return losses.map { $0 ?? .nan } }
        let labels = table.texts(try table.column(nil, or: ["label"], in: path)) ?? []
        let scores = try table.numbers(try table.column(nil, or: ["score"], in: path)) ?? []
        var known = BinaryLabels(positive: positive)
        return zip(labels, scores).map { label, score in
            guard !label.isEmpty, let score, let label = known.value(of: label) else { return .nan }
            // The order is all that counts: the greater the probability of what was true, the smaller the loss.
            return label == 1 ? -score : score - 1
        }
    }

    /// A failure where the area is greater than allowed, a doubt where its interval does not exclude that.
    func finding(in path: String, atMost most: Double) -> Finding? {
        guard interval.upper > most else { return nil }
        let words =
            "\(path): the loss tells \(members.grouped) rows trained on from \(others.grouped) others: AUC \(auc.brief) "
            + interval.text
        guard auc > most else {
            return Finding(
                .inconclusive, words + ": too few rows to say that it is at most \(most.brief)", file: path, value: auc,
                threshold: most)
        }
        return Finding(.fail, words + ", more than \(most.brief)", file: path, value: auc, threshold: most)
    }
}
