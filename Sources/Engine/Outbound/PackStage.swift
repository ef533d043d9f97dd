import Domain
import Endpoints
import Formats
import StateStore

/// Packs what is due: fetches, makes, checks against the ERP's limits, and writes each consignment down in one transaction with
/// its run, its books and its bytes' hash (reliability D4). Nothing leaves the house here.
struct PackStage {
    let ledger: Ledger
    let flow: OutboundFlow
    let spool: Spool
    let timeline: Timeline
    let lease: LeaseKeeper
    let cause: String
    /// Documents that the sweep saw and for which there is nothing to do; the first run tells of them.
    var unchanged: Int
    private var cursor: Int64 = 0

    /// How many documents are asked for at once.
    static let fetchSize = 200

    init(
        ledger: Ledger, flow: OutboundFlow, spool: Spool, timeline: Timeline, lease: LeaseKeeper, cause: String, unchanged: Int
    ) {
        self.ledger = ledger
        self.flow = flow
        self.spool = spool
        self.timeline = timeline
        self.lease = lease
        self.cause = cause
        self.unchanged = unchanged
    }

    /// Packs the next consignment, or only accounts for what was refused or cancelled. `nil` where there is nothing to tell.
    mutating func next() async throws -> Run? {
        let gathered = try await gather()
        let news = try ledger.read { reader in
            try reader.outboxNews(flow: flow.name).map { document in
                var document = document
                guard document.news == .late else { return document }
                if try isCalledOffByERP(document.identity, reader) {
                    document.news = .agreed
                } else if flow.cancellations != nil {
                    document.news = .carried
                }
                return document
            }
        }
        let isQuiet = gathered.refused.isEmpty && news.isEmpty && gathered.moved.allSatisfy { $0.news == nil }
        if gathered.accepted.isEmpty, isQuiet {
            unchanged += gathered.unchanged
            if !gathered.moved.isEmpty {
                try ledger.write(as: lease) { writer in
                    for document in gathered.moved { try writer.update(document) }
                }
            }
            return nil
        }
        let run = try seal(gathered, news)
        unchanged = 0
        return run
    }

    /// The ERP's own cancellation was done in the shop, or is being done.
    func isCalledOffByERP(_ identity: RecordKey, _ reader: LedgerReader) throws -> Bool {
        guard let entity = flow.callingOff else { return false }
        return try reader.mirror(entity: entity, key: identity) != nil
            || reader.unsettledChanges(entity: entity).contains { $0.key == identity }
    }

    /// What became of the candidates.
    struct Gathered {
        struct Accepted {
            var document: OutboxDocument
            var made: MadeDocument
            var notes: [String]
        }

        var accepted: [Accepted] = []
        var refused: [(document: OutboxDocument, reason: RejectReason)] = []
        /// Those that turned out to wait, or to be withdrawn.
        var moved: [OutboxDocument] = []
        var unchanged = 0
    }

    private mutating func gather() async throws -> Gathered {
        var gathered = Gathered()
        let limit = flow.profile.holdsOneDocument ? 1 : flow.push.batch
        while gathered.accepted.count < limit {
            let wanted = min(limit - gathered.accepted.count, Self.fetchSize)
            let (name, after) = (flow.name, cursor)
            let candidates = try ledger.read { try $0.outboxCandidates(flow: name, after: after, limit: wanted) }
            guard let last = candidates.last else { break }
            let fetched = try await flow.source.fetch(candidates.map(\.place))
            let byPlace = Dictionary(fetched.map { ($0.observation.place, $0) }, uniquingKeysWith: { _, last in last })
            for candidate in candidates {
                judge(candidate, byPlace[candidate.place], into: &gathered)
            }
            cursor = last.id
        }
        return gathered
    }

    func judge(_ candidate: OutboxDocument, _ found: OutboundDocument?, into gathered: inout Gathered) {
        var candidate = candidate
        if let found, found.observation.asTwin.identity == candidate.identity {
            return refuse(candidate, Self.numberTwice(found.observation.identity), into: &gathered)
        }
        guard let found, found.observation.identity == candidate.identity else {
            candidate.standing = candidate.resend == nil ? .waiting : .sent
            candidate.resend = nil
            candidate.reason = "the shop does not show it any more"
            gathered.moved.append(candidate)
            gathered.unchanged += 1
            return
        }
        candidate.modified = found.observation.modified
        if candidate.resend == nil {
            switch found.observation.readiness {
            case .ready: break
            case .waiting(let why):
                (candidate.standing, candidate.reason) = (.waiting, why)
                gathered.moved.append(candidate)
                gathered.unchanged += 1
                return
            case .withdrawn(let why), .passed(let why):
                (candidate.standing, candidate.reason, candidate.news) = (.withdrawn, why, .withdrawn)
                gathered.moved.append(candidate)
                return
            }
        }
        do {
            var made = try flow.maker.make(found)
            if candidate.resend != nil { made.record.values["resent"] = .text("RESENT") }
            if let reference = made.reference, let other = try holder(of: reference, besides: candidate, gathered) {
                throw Self.referenceTaken(reference, by: other)
            }
            let notes = try DocumentWriter(flow.profile, zoneName: flow.timeZone).check(made)
            gathered.accepted.append(.init(document: candidate, made: made, notes: made.notes + notes))
        } catch let withdrawal as DocumentWithdrawal {
            withdraw(candidate, withdrawal.why, into: &gathered)
        } catch let refusal as DocumentRefusal {
            refuse(candidate, refusal.reason, into: &gathered)
        } catch {
            let reason = RejectReason(
                "DOCUMENT-UNREADABLE", Escaped("\(error)").description, fix: "look at it in the shop; the next run tries again")
            refuse(candidate, reason, into: &gathered)
        }
    }

    private static func numberTwice(_ number: RecordKey) -> RejectReason {
        RejectReason(
            "NUMBER-TWICE", "two orders of the shop have the number \(number); the older one has left under it",
            fix: "give each store view a number prefix of its own in the shop, and place this order again")
    }

    /// The other document that the ERP knows by this reference, or will.
    private func holder(of reference: String, besides candidate: OutboxDocument, _ gathered: Gathered) throws -> RecordKey? {
        if let other = gathered.accepted.first(where: { $0.made.reference == reference }) { return other.document.identity }
        let known = try ledger.read { try $0.outboxDocument(flow: flow.name, reference: reference) }
        return known.flatMap { $0.id == candidate.id ? nil : $0.identity }
    }

    private static func referenceTaken(_ reference: String, by other: RecordKey) -> DocumentRefusal {
        DocumentRefusal(
            RejectReason(
                "REFERENCE-TAKEN", column: "reference", value: Escaped(reference).description,
                "the ERP knows \(other) by the reference \(Escaped(reference))",
                fix: "give the reference another prefix or more characters, or the shop's store view another number prefix"))
    }

    /// Nothing is left to send; what had left before stays as it was told.
    private func withdraw(_ candidate: OutboxDocument, _ why: String, into gathered: inout Gathered) {
        var candidate = candidate
        if candidate.resend == nil {
            (candidate.standing, candidate.reason, candidate.news) = (.withdrawn, why, .withdrawn)
        } else {
            (candidate.standing, candidate.resend, candidate.reason) = (.sent, nil, why)
            gathered.unchanged += 1
        }
        gathered.moved.append(candidate)
    }

    /// The same reason as last time is no news.
    private func refuse(_ candidate: OutboxDocument, _ reason: RejectReason, into gathered: inout Gathered) {
        let text = "\(reason.code): \(reason.text)"
        guard candidate.standing != .refused || candidate.reason != text else {
            gathered.unchanged += 1
            return
        }
        var candidate = candidate
        candidate.standing = candidate.resend == nil ? .refused : .sent
        candidate.resend = nil
        candidate.reason = text
        gathered.refused.append((candidate, reason))
    }
}
