import Domain
import Magento

extension SalesEventApplier {
    /// Throws a `Diagnostic` where the shop could not be looked at; nothing was sent then that was not written down.
    func perform(_ event: SalesEvent, _ calls: EventCalls, _ outage: inout Diagnostic?) async throws -> ChangeAnswer {
        // Seen directly before it is acted on: what another order's call took in time counts for nothing here.
        guard let first = try await look(at: event.order) else { return .rejected(SalesRejections.unknownOrder(event.order)) }
        if rules.kind == .cancellations { return try await cancel(event, first, calls, &outage) }
        var sight: Sight? = first
        var done: [String] = []
        for (number, part) in event.parts(rules.kind).enumerated() {
            switch try await perform(part, of: event, withTracks: number == 0, calls, &sight, &outage) {
            case .applied(let evidence): done.append(evidence)
            case .rejected(let reason): return .rejected(SalesRejections.partlyDone(done, reason))
            case .deferred(let diagnostic): return .deferred(diagnostic)
            case .adjusted(let value, let evidence): return .adjusted(to: value, evidence: evidence)
            case .overtaken(let evidence): return .overtaken(evidence: evidence)
            }
        }
        return .applied(evidence: done.joined(separator: ", "))
    }

    /// - Parameter sight: `nil` where something was sent since the last look; it is looked again then.
    private func perform(
        _ part: SalesEvent.Part, of event: SalesEvent, withTracks: Bool, _ calls: EventCalls, _ sight: inout Sight?,
        _ outage: inout Diagnostic?
    ) async throws -> ChangeAnswer {
        var present = sight
        if present == nil { present = try await look(at: event.order) }
        guard let now = present else { return .rejected(SalesRejections.unknownOrder(event.order)) }
        sight = now
        if let found = now.document(part.marker) {
            try calls.settle(part.marker)
            try calls.reportDoubles(now.documents, of: part.marker)
            return try await complete(found, "found", event, withTracks: withTracks, now, calls, &sight)
        }
        // Before the order is judged: what looks impossible now may be our own call taking effect at this moment.
        if let obstacle = try calls.obstacle(to: part.marker) { return .deferred(obstacle) }
        let judge = SalesEventJudge(rules: rules)
        let judged: Result<[OpenLines.Pick], RejectReason> = Result { () throws(RejectReason) in
            try judge.demandState(now.order)
            return try judge.take(event, part.lines, from: OpenLines(now.order, rules))
        }
        let picks = try? judged.get()
        let hands = HandMade(
            now.documents, of: now.order, rules, claims: try calls.claims, mark: part.marker, since: try departure(of: event.order))
        switch hands.finding(part, of: event, fits: picks != nil) {
        case .same(let document):
            guard try calls.claim(document, for: part.marker) else { return .rejected(SalesRejections.byHand(rules.kind, document, part.marker)) }
            try calls.settle(part.marker)
            return try await complete(document, "posted by hand:", event, withTracks: withTracks, now, calls, &sight)
        case .doubtful(let document):
            var obstacle: RejectReason?
            if case .failure(let reason) = judged { obstacle = reason }
            return .rejected(SalesRejections.byHand(rules.kind, document, part.marker, besides: obstacle))
        case .none: break
        }
        switch judged {
        case .failure(let reason): return .rejected(reason)
        case .success(let picks): return try await send(picks, part, event, now.order, withTracks: withTracks, calls, &sight, &outage)
        }
    }

    private func send(
        _ picks: [OpenLines.Pick], _ part: SalesEvent.Part, _ event: SalesEvent, _ order: OrderSnapshot, withTracks: Bool,
        _ calls: EventCalls, _ sight: inout Sight?, _ outage: inout Diagnostic?
    ) async throws -> ChangeAnswer {
        for tries in 1... {
            if let obstacle = try calls.begin(part.marker) { return .deferred(obstacle) }
            sight = nil
            let answer = await submit(picks, part, event, order, withTracks: withTracks)
            if case .done(let payload) = answer {
                try calls.settle(part.marker)
                return .applied(evidence: "\(rules.kind.document) \(payload.json.text ?? "")")
            }
            guard let refusal = answer.refusal else { continue }
            // Also after a refusal: the shop takes the calls for one order one after another, and an earlier sending of this one
            // may have taken effect just before it was checked.
            if case .unknown = answer, let found = try await found(part.marker, of: order, calls) { return found }
            if refusal.concernsBatch, let found = try await found(part.marker, of: order, calls) { return found }
            if case .unknown = answer, refusal.reason != .couldNotSave { return .deferred(refusal.diagnostic) }
            try calls.settle(part.marker)
            if refusal.reason == .notFound { return .rejected(SalesRejections.unknownOrder(event.order)) }
            guard refusal.concernsBatch else {
                outage = refusal.diagnostic
                return .deferred(refusal.diagnostic)
            }
            guard refusal.reason == .couldNotSave else { return .rejected(SalesRejections.refused(rules.kind, refusal.message)) }
            if let mended = try await mend(picks, part, order) {
                guard case .raised = mended, tries < Self.saves else { return .rejected(mended.reason) }
            } else if tries >= Self.saves {
                return .rejected(SalesRejections.notSaved(rules.kind, refusal.message))
            }
            try await timeline.sleep(.milliseconds(100 << tries))
        }
        return .rejected(SalesRejections.unreadable)
    }

    /// How often a document is sent that the shop says it could not save.
    private static let saves = 3

    private func found(_ mark: String, of order: OrderSnapshot, _ calls: EventCalls) async throws -> ChangeAnswer? {
        let documents = try await documents([order.id])[order.id] ?? []
        guard let found = documents.first(where: { $0.comments.contains(mark) }) else { return nil }
        try calls.settle(mark)
        try calls.reportDoubles(documents, of: mark)
        return .applied(evidence: "\(rules.kind.document) \(found.incrementID), found after an answer was lost")
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

    /// The event has its document; what is missing of its tracking numbers is added.
    private func complete(
        _ document: SalesDocument, _ how: String, _ event: SalesEvent, withTracks: Bool, _ now: Sight, _ calls: EventCalls, _ sight: inout Sight?
    ) async throws -> ChangeAnswer {
        let evidence = "\(how) \(rules.kind.document) \(document.incrementID)"
        let missing = event.tracks.filter { !document.tracks.contains($0.number) }
        guard withTracks, rules.kind == .despatches, !missing.isEmpty else { return .applied(evidence: evidence) }
        for track in missing {
            let mark = "Track \(track.number) of shipment \(document.id)"
            if let obstacle = try calls.obstacle(to: mark) { return .deferred(obstacle) }
            if let obstacle = try calls.begin(mark) { return .deferred(obstacle) }
            sight = nil
            switch await client.shipments.submitTrack(self.track(track), shipment: document.id, order: now.order.id) {
            case .done: try calls.settle(mark)
            case .notDone(let refusal):
                try calls.settle(mark)
                guard refusal.concernsBatch else { return .deferred(refusal.diagnostic) }
                return .rejected(SalesRejections.refused(rules.kind, refusal.message))
            case .unknown(let refusal):
                let present = try await documents([now.order.id])[now.order.id] ?? []
                guard present.first(where: { $0.id == document.id })?.tracks.contains(track.number) == true else {
                    return .deferred(refusal.diagnostic)
                }
                try calls.settle(mark)
            }
        }
        return .applied(evidence: "\(missing.count) tracking numbers at \(rules.kind.document) \(document.incrementID)")
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

    private func cancel(_ event: SalesEvent, _ sight: Sight, _ calls: EventCalls, _ outage: inout Diagnostic?) async throws -> ChangeAnswer {
        let order = sight.order
        let mark = rules.kind.markPrefix + order.incrementID
        if SalesEventJudge.isCanceled(order) { return .applied(evidence: "order \(order.incrementID) is cancelled already") }
        // A cancellation may be repeated, so nothing of its own is waited for; a document under way is.
        try calls.settle(mark)
        if let obstacle = try calls.obstacle(to: mark) { return .deferred(obstacle) }
        do throws(RejectReason) { try SalesEventJudge(rules: rules).demandState(order) } catch {
            return .rejected(error)
        }
        if let obstacle = try calls.begin(mark) { return .deferred(obstacle) }
        let answer = await client.orderActions.cancel(order: order.id)
        if case .unknown(let refusal) = answer {
            guard let now = try await look(at: event.order), SalesEventJudge.isCanceled(now.order) else { return .deferred(refusal.diagnostic) }
            try calls.settle(mark)
            return .applied(evidence: "cancelled, found after an answer was lost")
        }
        try calls.settle(mark)
        switch answer {
        case .done(let payload) where payload.json == .bool(true):
            return .applied(evidence: await remark(event, order))
        case .done, .unknown:
            return .rejected(
                SalesRejections.state(
                    rules.kind, OrderIdentity(number: order.incrementID, state: order.state, status: Escaped(order.status, limit: 40).description)))
        case .notDone(let refusal):
            if refusal.reason == .notFound { return .rejected(SalesRejections.unknownOrder(event.order)) }
            outage = refusal.diagnostic
            return .deferred(refusal.diagnostic)
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
