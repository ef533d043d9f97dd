package import Domain
package import StateStore

/// Compares the orders of one trading day on both sides, by their numbers: what the shop has against what left, and what left
/// against what the shop has. It reads, and sends nothing.
package struct OrderReconciler: Sendable {
    private let ledger: Ledger
    private let timeline: Timeline
    private let zone: ZoneTable

    package init(ledger: Ledger, timeline: Timeline, zone: ZoneTable) {
        self.ledger = ledger
        self.timeline = timeline
        self.zone = zone
    }

    /// The day as it stands now; it is written down in place of an earlier comparison. Safe to repeat.
    package func reconcile(flow: String, day: CivilDate, _ census: any DocumentCensus) async throws -> OrderDay {
        let (from, to) = (start(of: day), start(of: day.adding(days: 1)))
        var found = OrderDay(flow: flow, day: day, at: timeline.now())
        var counted: Set<RecordKey> = []
        try await census.census(from: from, to: to) { page in
            // A page may be seen twice, where the shop was asked again.
            let fresh = page.filter { counted.insert($0.identity).inserted }
            let standings = try ledger.read { reader in
                try fresh.map { try reader.orderStanding(flow: flow, identity: $0.identity) }
            }
            for (document, standing) in zip(fresh, standings) { take(document, standing, &found) }
        }
        for standing in try ledger.read({ try $0.orderStandings(flow: flow, placedFrom: from, to: to) })
        where !counted.contains(standing.document.identity) {
            let text = "it \(standing.placed == nil ? "is to leave" : "has left") for the ERP, and the shop does not have it"
            found.gaps.append(OrderGap(identity: standing.document.identity, kind: .notInShop, text: text))
        }
        let result = found
        try ledger.write(.comparisons) { try $0.record(result) }
        return result
    }

    private func start(of day: CivilDate) -> UTCInstant {
        zone.moment(of: day, minute: 0) ?? UTCInstant(milliseconds: Int64(day.daysSinceEpoch) * 86_400_000)
    }

    private func take(_ document: CountedDocument, _ standing: OrderStanding?, _ day: inout OrderDay) {
        day.count(.placed, document.total)
        if document.isDespatched { day.count(.despatched, document.total) }
        if let sum = document.invoiced { day.count(.invoiced, sum) }
        if let sum = document.credited { day.count(.credited, sum) }
        func gap(_ kind: OrderGap.Kind, _ text: String) {
            day.gaps.append(OrderGap(identity: document.identity, kind: kind, text: text))
        }
        guard let standing, standing.placed != nil else {
            switch document.readiness {
            case .waiting: day.count(.waiting, document.total)
            case .withdrawn, .passed: day.count(.cancelled, document.total)
            case .ready: gap(.notExported, Self.whyNot(standing?.document))
            }
            return
        }
        if case .withdrawn = document.readiness { day.count(.cancelled, document.total) }
        day.count(.exported, standing.total ?? document.total)
        if let total = standing.total, total != document.total {
            gap(.sumDiffers, "it left for \(total), the shop says \(document.total)")
        }
        if let refusal = standing.refusal {
            gap(.refused, "the ERP refused it: \(Escaped(refusal, limit: 200))")
        } else if standing.acknowledged != nil {
            day.count(.acknowledged, standing.total ?? document.total)
            if standing.erpNumber == nil { gap(.withoutNumber, "the ERP confirmed it and told no number of its own") }
        } else if let due = standing.due, due < day.at {
            gap(.notAcknowledged, "the ERP has not confirmed it; it was due by \(due)")
        }
    }

    private static func whyNot(_ document: OutboxDocument?) -> String {
        guard let document else { return "the shop has it, and no look of ours has seen it" }
        switch document.standing {
        case .waiting, .due, .packed, .sent: return "it is ready in the shop and has not left yet"
        case .refused: return "it cannot leave: \(document.reason ?? "see the error queue")"
        case .withdrawn: return "it was called off here (\(document.reason ?? "")), and the shop has it ready"
        }
    }
}
