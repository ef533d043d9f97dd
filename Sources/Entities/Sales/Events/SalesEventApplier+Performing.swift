import Domain
import Magento

extension SalesEventApplier {
    /// Throws a `Diagnostic` where the shop could not be looked at; nothing was sent then that was not answered for.
    func perform(_ event: SalesEvent, _ sight: inout Sight) async throws -> ChangeAnswer {
        guard let order = sight.orders[event.order] else { return .rejected(SalesRejections.unknownOrder(event.order)) }
        if rules.kind == .cancellations { return try await cancel(event, order, &sight) }
        var done: [String] = []
        var isFirst = true
        for part in event.parts(rules.kind) {
            let answer = try await perform(part, of: event, withTracks: isFirst, &sight)
            isFirst = false
            switch answer {
            case .applied(let evidence): done.append(evidence)
            case .rejected(let reason): return .rejected(SalesRejections.partlyDone(done, reason))
            case .adjusted, .overtaken, .deferred: return answer
            }
        }
        return .applied(evidence: done.joined(separator: ", "))
    }

    private func perform(
        _ part: SalesEvent.Part, of event: SalesEvent, withTracks: Bool, _ sight: inout Sight
    ) async throws -> ChangeAnswer {
        if sight.orders[event.order] == nil {
            let (orders, documents) = try await look([event.order])
            sight.orders.merge(orders) { $1 }
            sight.documents.merge(documents) { $1 }
        }
        guard let order = sight.orders[event.order] else { return .rejected(SalesRejections.unknownOrder(event.order)) }
        let documents = sight.documents[order.id] ?? []
        if let found = documents.first(where: { $0.comments.contains(part.marker) }) {
            guard withTracks else { return .applied(evidence: "found \(rules.kind.document) \(found.incrementID)") }
            return try await addTracks(event, to: found, of: order, &sight)
        }
        let judge = SalesEventJudge(rules: rules, orders: [:], documents: [:])
        let picks: [OpenLines.Pick]
        do throws(RejectReason) {
            try judge.demandState(order)
            picks = try judge.take(event, part.lines, from: OpenLines(order, rules))
        } catch {
            return .rejected(error)
        }
        return try await send(picks, part, event, order, withTracks: withTracks, &sight, tries: 3)
    }

    private func send(
        _ picks: [OpenLines.Pick], _ part: SalesEvent.Part, _ event: SalesEvent, _ order: OrderSnapshot, withTracks: Bool,
        _ sight: inout Sight, tries: Int
    ) async throws -> ChangeAnswer {
        sight.forget(order)
        switch await submit(picks, part, event, order, withTracks: withTracks) {
        case .done(let payload): return .applied(evidence: "\(rules.kind.document) \(payload.json.text ?? "")")
        case .notDone(let refusal):
            if refusal.reason == .notFound { return .rejected(SalesRejections.unknownOrder(event.order)) }
            if refusal.concernsBatch { return .rejected(SalesRejections.refused(rules.kind, refusal.message)) }
            sight.outage = refusal.diagnostic
            return .deferred(refusal.diagnostic)
        case .unknown(let refusal):
            let documents = try await documents([order.id])[order.id] ?? []
            if let found = documents.first(where: { $0.comments.contains(part.marker) }) {
                return .applied(evidence: "\(rules.kind.document) \(found.incrementID), found after an answer was lost")
            }
            // Without a word from the shop the request may still be under way: a later run looks again before it sends.
            guard refusal.reason == .couldNotSave else { return .deferred(refusal.diagnostic) }
            if let mended = try await mend(picks, part, order) {
                guard case .raised = mended, tries > 1 else { return .rejected(mended.reason) }
            } else if tries <= 1 {
                return .rejected(SalesRejections.notSaved(rules.kind, refusal.message))
            }
            try await timeline.sleep(.milliseconds(200 << (3 - tries)))
            return try await send(picks, part, event, order, withTracks: withTracks, &sight, tries: tries - 1)
        }
    }

    private func submit(
        _ picks: [OpenLines.Pick], _ part: SalesEvent.Part, _ event: SalesEvent, _ order: OrderSnapshot, withTracks: Bool
    ) async -> Answer {
        let rows = picks.map { SalesDocument.Line(orderItem: $0.item, quantity: $0.quantity) }
        let note = DocumentNote(comment: part.marker, isNotified: rules.letters == .send)
        let isMoneyAlone = rules.kind == .credits && rows.isEmpty
        guard let lines = DocumentLines(rows) ?? (isMoneyAlone ? order.lines.first.map { DocumentLines(nothingOf: $0.id) } : nil) else {
            return .notDone(Refusal(.invalid, .permanent, message: "no row is left of \(rules.kind.noun) \(Escaped(event.number))"))
        }
        switch rules.kind {
        case .despatches:
            return await client.shipments.submit(
                order: order.id, lines, tracks: withTracks ? event.tracks.map(track) : [], note: note, source: part.source ?? rules.source)
        case .invoices, .cancellations: return await client.invoices.submit(order: order.id, lines, note: note)
        case .credits:
            return await client.creditMemos.submit(
                order: order.id, lines, .init(shipping: event.shipping ?? 0, adjustment: event.adjustment ?? 0),
                restocked: picks.filter(\.isRestocked).map(\.item), note: note)
        }
    }

    private func track(_ track: SalesEvent.Track) -> Shipments.Track {
        Shipments.Track(
            number: track.number, title: track.carrier.isEmpty ? "Carrier" : track.carrier, carrier: rules.carriers[track.carrier] ?? "custom")
    }

    // MARK: Tracking numbers that come later

    private func addTracks(
        _ event: SalesEvent, to shipment: SalesDocument, of order: OrderSnapshot, _ sight: inout Sight
    ) async throws -> ChangeAnswer {
        let found = "found \(rules.kind.document) \(shipment.incrementID)"
        let missing = event.tracks.filter { !shipment.tracks.contains($0.number) }
        guard rules.kind == .despatches, !missing.isEmpty else { return .applied(evidence: found) }
        sight.forget(order)
        for track in missing {
            switch await client.shipments.submitTrack(self.track(track), shipment: shipment.id, order: order.id) {
            case .done: continue
            case .notDone(let refusal):
                guard refusal.concernsBatch else { return .deferred(refusal.diagnostic) }
                return .rejected(SalesRejections.refused(rules.kind, refusal.message))
            case .unknown(let refusal):
                let now = try await documents([order.id])[order.id] ?? []
                guard now.first(where: { $0.id == shipment.id })?.tracks.contains(track.number) == true else {
                    return .deferred(refusal.diagnostic)
                }
            }
        }
        return .applied(evidence: "\(missing.count) tracking numbers at \(rules.kind.document) \(shipment.incrementID)")
    }

    // MARK: A source that holds too little

    private enum Mended {
        case short(RejectReason)
        case raised(RejectReason)

        var reason: RejectReason {
            switch self {
            case .short(let reason), .raised(let reason): reason
            }
        }
    }

    /// Magento hides why a shipment cannot be saved; nearly always its source holds less than is sent. `nil`: that is not it.
    private func mend(_ picks: [OpenLines.Pick], _ part: SalesEvent.Part, _ order: OrderSnapshot) async throws -> Mended? {
        guard rules.kind == .despatches, let source = part.source ?? rules.source else { return nil }
        var wanted: [String: ExactDecimal] = [:]
        for pick in picks { wanted[pick.sku] = (wanted[pick.sku] ?? .zero).adding(pick.quantity) }
        let held = Dictionary(
            try await client.sourceItems.find(wanted.keys.sorted(), sources: [source]).map { ($0.sku, $0.quantity) },
            uniquingKeysWith: { first, _ in first })
        let short = wanted.filter { (held[$0.key] ?? .zero) < $0.value }.sorted { $0.key < $1.key }
        guard !short.isEmpty else { return nil }
        let reason = SalesRejections.short(
            source, short.map { "\(held[$0.key] ?? 0) of \(Escaped($0.key, limit: 60)), \($0.value) are sent" })
        guard rules.shortSource == .raise else { return .short(reason) }
        let raised = short.map { SourceItem(sku: $0.key, source: source, quantity: $0.value, isInStock: true) }
        guard case .done = await client.sourceItems.save(raised) else { return .short(reason) }
        return .raised(reason)
    }

    // MARK: Cancelling

    private func cancel(_ event: SalesEvent, _ order: OrderSnapshot, _ sight: inout Sight) async throws -> ChangeAnswer {
        if SalesEventJudge.isCanceled(order) { return .applied(evidence: "order \(order.incrementID) is cancelled already") }
        do throws(RejectReason) { try SalesEventJudge(rules: rules, orders: [:], documents: [:]).demandState(order) } catch {
            return .rejected(error)
        }
        sight.forget(order)
        switch await client.orderActions.cancel(order: order.id) {
        case .done(let payload) where payload.json == .bool(true):
            return .applied(evidence: await remark(event, order))
        case .done:
            return .rejected(
                SalesRejections.state(
                    rules.kind, OrderIdentity(number: order.incrementID, state: order.state, status: Escaped(order.status, limit: 40).description)))
        case .notDone(let refusal):
            if refusal.reason == .notFound { return .rejected(SalesRejections.unknownOrder(event.order)) }
            sight.outage = refusal.diagnostic
            return .deferred(refusal.diagnostic)
        case .unknown(let refusal):
            let now = try await look([event.order]).orders[event.order]
            guard let now, SalesEventJudge.isCanceled(now) else { return .deferred(refusal.diagnostic) }
            return .applied(evidence: "cancelled, found after an answer was lost")
        }
    }

    /// The reason is a kindness to the shop's staff: the order is cancelled with or without it.
    private func remark(_ event: SalesEvent, _ order: OrderSnapshot) async -> String {
        guard let reason = event.reason else { return "cancelled" }
        let answer = await client.orderActions.submitComment(order: order.id, "Cancelled in the ERP: \(reason)", status: nil, to: .staff)
        guard case .done = answer else { return "cancelled; the reason could not be noted" }
        return "cancelled"
    }
}
