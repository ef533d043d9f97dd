package import Domain
package import Magento

/// Writes the ERP's word into an order's history, or puts the order on hold and releases it.
package struct StatusApplier: ChangeApplier {
    private let client: MagentoClient
    private let rules: StatusRules

    package init(client: MagentoClient, rules: StatusRules) {
        self.client = client
        self.rules = rules
    }

    package var batchSize: Int { get async { 50 } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        let orders = try await orders(keys)
        return Dictionary(
            keys.map { key in
                (key, orders[key.text] == nil ? .unsuitable(SalesRejections.unknownOrder(key.text)) : .known(spelling: key))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The shop has no words of the ERP before the first file.
    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {}

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let orders = try await orders(changes.map(\.key))
        return changes.compactMap { change in
            guard let order = orders[change.key.text], let value = try? StatusValue(encoded: change.after), stands(order, value) else { return nil }
            return ObservedValue(key: change.key, value: change.after)
        }
    }

    package func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer] {
        let orders: [String: OrderSnapshot]
        do { orders = try await self.orders(changes.map(\.key)) } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        var answers: [ChangeAnswer] = []
        for change in changes {
            guard let order = orders[change.key.text] else {
                answers.append(.rejected(SalesRejections.unknownOrder(change.key.text)))
                continue
            }
            guard let value = try? StatusValue(encoded: change.after), let meaning = rules.words[value.word] else {
                answers.append(.rejected(SalesRejections.unreadable))
                continue
            }
            if stands(order, value) {
                try calls.settle(call(change, value))
                answers.append(.applied(evidence: "the order says so already"))
            } else {
                answers.append(try await apply(change, value, meaning, order, calls))
            }
        }
        return answers
    }

    private func call(_ change: Change, _ value: StatusValue) -> OnceCall {
        OnceCall(entity: "statuses", subject: change.key.text, mark: "Comment \"\(rules.text(of: value))\"", key: change.key)
    }

    /// A comment must not be made twice: the customer may get a letter of each.
    private func apply(
        _ change: Change, _ value: StatusValue, _ meaning: StatusRules.Meaning, _ order: OrderSnapshot, _ calls: any CallBook
    ) async throws -> ChangeAnswer {
        let call = call(change, value)
        if meaning.action == .comment, case .blocked(let other) = try calls.begin(call) {
            let what = "\(Escaped(other.call.mark, limit: 80)) of order \(Escaped(order.incrementID, limit: 40))"
            return .deferred(
                .lateEffect(
                    of: what, sent: other.sent, rest: other.rest,
                    holding: other.call.mark == call.mark ? nil : Escaped(call.mark, limit: 80).description))
        }
        let answer: Answer =
            switch meaning.action {
            case .comment:
                await client.orderActions.submitComment(
                    order: order.id, rules.text(of: value), status: meaning.status == order.status ? nil : meaning.status, to: meaning.audience)
            case .hold: await client.orderActions.hold(order: order.id)
            case .release: await client.orderActions.unhold(order: order.id)
            }
        if case .unknown(let refusal) = answer {
            guard let now = try? await orders([change.key])[change.key.text], stands(now, value) else { return .deferred(refusal.diagnostic) }
            try calls.settle(call)
            return .applied(evidence: "found after an answer was lost")
        }
        try calls.settle(call)
        switch answer {
        case .done, .unknown: return .applied(evidence: meaning.action == .comment ? "noted" : "\(meaning.action.rawValue) done")
        case .notDone(let refusal):
            if refusal.reason == .notFound { return .rejected(SalesRejections.unknownOrder(order.incrementID)) }
            guard refusal.concernsBatch else { return .deferred(refusal.diagnostic) }
            return .rejected(Self.refused(order, refusal))
        }
    }

    /// Whether the newest of our lines in the order's history is this one, or the order is on hold (or not) as it should be.
    private func stands(_ order: OrderSnapshot, _ value: StatusValue) -> Bool {
        switch rules.words[value.word]?.action {
        case .hold: return order.state == "holded"
        case .release: return order.state != "holded"
        case .comment:
            let text = rules.text(of: value)
            guard let newest = order.comments.first(where: { rules.isOurs($0.text) }) else { return false }
            return Array(newest.text.utf8) == Array(text.utf8)
        case nil: return false
        }
    }

    private func orders(_ keys: [RecordKey]) async throws -> [String: OrderSnapshot] {
        let found = try await client.orders.find(Set(keys.map(\.text)).sorted())
        return Dictionary(found.map { ($0.incrementID, $0) }, uniquingKeysWith: { $1 })
    }

    private static func refused(_ order: OrderSnapshot, _ refusal: Refusal) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: order.incrementID,
            "order \(order.incrementID) is \(Escaped(order.status, limit: 40)), and Magento refuses: \(refusal.message)",
            fix:
                "a comment may set only a status that the order's state allows (in 2.4.7 only the present one); leave status out of the word, or retry when the order has gone on"
        )
    }
}
