import Domain

/// Reads what happened from Martlet's records, since a position or a time.
struct NoticeReader: Sendable {
    let context: NoticeContext
    let start: Start
    /// Stands in for a position that was rewritten away.
    let lost: Timestamp

    enum Start: Sendable {
        case at(NoticePosition)
        case since(Timestamp)
    }

    /// - Returns: The notices in the order of what happened, and the position before the first of them.
    func read(_ reader: any ObjectReader) throws -> (start: NoticePosition, notices: [Notice]) {
        var position = try NoticePosition(believing: context.trust, reader)
        func steps(_ record: WritableKeyPath<NoticePosition, ObjectID?>) throws -> [(old: Commit?, new: Commit)] {
            let from: RecordSteps.Start =
                switch start {
                case .at(let position): .at(position[keyPath: record])
                case .since(let time): .since(time)
                }
            let steps = try RecordSteps.read(to: position[keyPath: record], from: from, orSince: lost, reader)
            if let first = steps.first { position[keyPath: record] = first.old?.id }
            return steps
        }
        var notices = try steps(\.evidence).flatMap { try EvidenceNotices.read($0, context, reader) }
        notices += try steps(\.requests).flatMap { step in
            try RequestTransition.read(step, reader).compactMap { $0.notice(context) }
        }
        notices += try steps(\.status).flatMap { step in
            try StatusTransition.read(step, reader).flatMap { $0.notices(context) }
        }
        notices += try steps(\.retraining).flatMap { try RetrainNotices.read($0, context, reader) }
        let inOrder = notices.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        return (position, inOrder.map(\.element))
    }
}
