import Domain
import Magento

/// Sends pieces to a price route and settles each of them.
///
/// The routes answer 200 with a list of what they left out and name no line, so whenever something was left out, or was taken
/// away without a word, what the shop holds afterwards decides. A call that was refused as a whole is cut until the guilty
/// line stands alone; an answer that never came is settled by looking before anything is sent again.
struct PriceSettling<Row: PriceRow>: Sendable {
    typealias Piece = PricePiece<Row>
    typealias Settled = [(index: Int, answer: ChangeAnswer)]

    /// `base-prices`, for evidence.
    let route: String
    let save: @Sendable ([Row]) async -> PriceAnswer
    let delete: @Sendable ([Row]) async -> PriceAnswer
    let read: @Sendable ([String]) async throws -> [Row]
    /// Of these SKUs those that the shop certainly has, by one call; for routes that refuse a call for one unknown SKU.
    let known: @Sendable ([String]) async throws -> Set<[UInt8]>
    let sizer: BatchSizer
    /// `nil` for a route that is sent to by one call at a time.
    var flights: FlightControl?
    let timeline: Timeline
    /// Tries of a call that Magento "could not save" before it is cut (a deadlock is reported like a bad line).
    private let saveTries = 3

    func settle(_ pieces: [Piece]) async -> Settled {
        var settled: Settled = []
        for chunk in Self.chunks(pieces, rows: sizer.rows) { settled += await settle(chunk, tries: saveTries) }
        return settled
    }

    private func settle(_ pieces: [Piece], tries: Int) async -> Settled {
        guard !pieces.isEmpty else { return [] }
        let deletions = pieces.flatMap(\.deletions)
        if !deletions.isEmpty {
            switch await delete(deletions) {
            // What was left out of it shows when the shop is read.
            case .done: break
            case .notDone(let refusal): return await handle(refusal, pieces, tries: tries)
            case .unknown(let refusal): return await lookThenResend(pieces, refusal, tries: tries)
            }
        }
        let rows = pieces.flatMap(\.rows)
        guard !rows.isEmpty else { return await judgeByReading(pieces, [], tries: tries) }
        let began = timeline.uptime()
        let flight = flights?.begin()
        let answer = await save(rows)
        let took = timeline.uptime() - began
        if let flight { flights?.end(flight, rows: answer.isDone ? rows.count : 0, took: took) }
        switch answer {
        case .done(let failures):
            sizer.record(rows.count, took: took, among: flight?.together ?? 1)
            guard failures.isEmpty, deletions.isEmpty else { return await judgeByReading(pieces, failures, tries: tries) }
            return pieces.map { ($0.index, .applied(evidence: "200 [] from \(route)")) }
        case .notDone(let refusal): return await handle(refusal, pieces, tries: tries)
        case .unknown(let refusal): return await lookThenResend(pieces, refusal, tries: tries)
        }
    }

    /// The call was done except for some lines: what the shop holds is applied, the others are rejected by the failures that
    /// speak of them. Pieces of which no failure speaks for certain are sent again in parts.
    private func judgeByReading(_ pieces: [Piece], _ failures: [PriceFailure], tries: Int) async -> Settled {
        guard let held = try? await held(pieces) else { return Self.deferred(pieces, Self.unread) }
        let owners = pieces.flatMap { piece in piece.rows.map { _ in piece.index } }
        let verdicts = PriceFailures.judge(failures, of: pieces.flatMap(\.rows))
        var settled: Settled = []
        var doubtful: [Piece] = []
        for piece in pieces {
            if isHeld(piece, held) {
                settled.append((piece.index, .applied(evidence: "read back from \(route)")))
                continue
            }
            let guilty = zip(owners, verdicts).flatMap { owner, verdict -> [PriceFailure] in
                if owner == piece.index, case .refused(let failures) = verdict { failures } else { [] }
            }
            guard guilty.isEmpty else {
                settled.append((piece.index, .rejected(Self.refused(piece, guilty.map(\.rendered)))))
                continue
            }
            doubtful.append(piece)
        }
        guard !doubtful.isEmpty else { return settled }
        guard pieces.count > 1 else { return settled + doubtful.map { ($0.index, unheld($0, failures)) } }
        let middle = max(1, doubtful.count / 2)
        settled += await settle(Array(doubtful[..<middle]), tries: tries)
        return settled + (await settle(Array(doubtful[middle...]), tries: tries))
    }

    private func handle(_ refusal: Refusal, _ pieces: [Piece], tries: Int) async -> Settled {
        switch refusal.reason {
        case .itemLimit(let maximum):
            sizer.limit(to: maximum)
            guard pieces.count > 1 else { return Self.deferred(pieces, refusal.diagnostic) }
            return await each(Self.chunks(pieces, rows: maximum), tries: tries)
        case .bodyTooLarge:
            guard pieces.count > 1 else { return Self.deferred(pieces, refusal.diagnostic) }
            let half = max(1, pieces.reduce(0) { $0 + $1.rows.count } / 2)
            sizer.limit(to: half)
            return await each(Self.chunks(pieces, rows: half), tries: tries)
        case .couldNotSave where tries > 1:
            do { try await timeline.sleep(.milliseconds(200 << (saveTries - tries))) } catch {
                return Self.deferred(pieces, refusal.diagnostic)
            }
            let settled = await settle(pieces, tries: tries - 1)
            // As for stock: what is saved the second time was a deadlock.
            if settled.allSatisfy({ if case .applied = $0.answer { true } else { false } }) { flights?.noteBusy() }
            return settled
        case .notFound: return await withoutUnknown(pieces, refusal)
        case .couldNotSave, .invalid: return await bisect(pieces, refusal, wasRefused: true)
        case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .page, .malformed, .tooLarge,
            .forbidden, .credential, .signature, .clock, .permission, .nonceReused, .pageLimit, .noRoute, .internalError:
            return Self.deferred(pieces, refusal.diagnostic)
        }
    }

    /// One unknown SKU refused the whole call: the shop is asked which ones it has, and the others stand alone.
    private func withoutUnknown(_ pieces: [Piece], _ refusal: Refusal) async -> Settled {
        guard pieces.count > 1, let known = try? await known(pieces.map(\.sku)) else {
            return await bisect(pieces, refusal, wasRefused: true)
        }
        let isKnown: (Piece) -> Bool = { known.contains(RecordKey.folded(Array($0.sku.utf8)[...])) }
        let suspects = pieces.filter { !isKnown($0) }
        guard !suspects.isEmpty, suspects.count < pieces.count else {
            return await bisect(pieces, refusal, wasRefused: true)
        }
        let settled = await settle(pieces.filter(isKnown), tries: 1)
        return settled + (await bisect(suspects, refusal, wasRefused: false))
    }

    /// The call was refused, so as a rule it holds at least one bad line. Where the first half passes, the other half must be the bad one:
    /// it is cut without being sent whole, so one bad line of n costs at most 2·log2(n) calls more, and one (reliability F58). A product
    /// is rejected only after the shop has refused it alone, as in `SourceItemsApplier`.
    private func bisect(_ pieces: [Piece], _ refusal: Refusal, wasRefused: Bool) async -> Settled {
        guard pieces.count > 1 else { return wasRefused ? await giveUp(pieces, refusal) : await settle(pieces, tries: 1) }
        let middle = pieces.count / 2
        let first = await settle(Array(pieces[..<middle]), tries: 1)
        let right = Array(pieces[middle...])
        guard first.allSatisfy({ if case .applied = $0.answer { true } else { false } }) else {
            return first + (await settle(right, tries: 1))
        }
        return first + (await bisect(right, refusal, wasRefused: false))
    }

    /// One product that the shop will not have. What it holds is looked at before it is called rejected.
    private func giveUp(_ pieces: [Piece], _ refusal: Refusal) async -> Settled {
        guard let held = try? await held(pieces) else { return Self.deferred(pieces, refusal.diagnostic) }
        return pieces.map { piece in
            isHeld(piece, held)
                ? (piece.index, .applied(evidence: "read back from \(route)"))
                : (piece.index, .rejected(Self.refused(piece, [refusal.message])))
        }
    }

    /// No answer came: what is there already is done; only the rest is sent again, and only once.
    private func lookThenResend(_ pieces: [Piece], _ refusal: Refusal, tries: Int) async -> Settled {
        guard let before = try? await held(pieces) else { return Self.deferred(pieces, refusal.diagnostic) }
        let missing = pieces.filter { !isHeld($0, before) }
        let settled: Settled = pieces.filter { isHeld($0, before) }.map {
            ($0.index, .applied(evidence: "read back from \(route)"))
        }
        guard !missing.isEmpty else { return settled }
        let deletions = missing.flatMap(\.deletions)
        if !deletions.isEmpty {
            guard case .done = await delete(deletions) else { return settled + Self.deferred(missing, refusal.diagnostic) }
        }
        let rows = missing.flatMap(\.rows)
        switch rows.isEmpty ? .done([]) : await save(rows) {
        case .done(let failures): return settled + (await judgeByReading(missing, failures, tries: 1))
        case .notDone(let second): return settled + (await handle(second, missing, tries: tries))
        case .unknown(let second):
            guard let after = try? await held(missing) else { return settled + Self.deferred(missing, second.diagnostic) }
            return settled
                + missing.map { piece in
                    isHeld(piece, after)
                        ? (piece.index, .applied(evidence: "read back from \(route)"))
                        : (piece.index, .deferred(second.diagnostic))
                }
        }
    }

    private func held(_ pieces: [Piece]) async throws -> [[UInt8]: [Row]] {
        Dictionary(grouping: try await read(pieces.map(\.sku)), by: \.foldedSKU)
    }

    private func isHeld(_ piece: Piece, _ held: [[UInt8]: [Row]]) -> Bool {
        piece.isHeld(held[RecordKey.folded(Array(piece.sku.utf8)[...])] ?? [])
    }

    private func each(_ chunks: [[Piece]], tries: Int) async -> Settled {
        var settled: Settled = []
        for chunk in chunks { settled += await settle(chunk, tries: tries) }
        return settled
    }

    /// Cut so that no chunk has more than `rows` lines; a product's lines stay together.
    static func chunks(_ pieces: [Piece], rows: Int) -> [[Piece]] {
        var chunks: [[Piece]] = []
        var count = 0
        for piece in pieces {
            let size = max(piece.rows.count, piece.deletions.count)
            if chunks.isEmpty || count + size > rows {
                chunks.append([])
                count = 0
            }
            chunks[chunks.count - 1].append(piece)
            count += size
        }
        return chunks
    }

    private static func deferred(_ pieces: [Piece], _ diagnostic: Diagnostic) -> Settled {
        pieces.map { ($0.index, .deferred(diagnostic)) }
    }

    private static func refused(_ piece: Piece, _ said: [String]) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: Escaped(piece.sku, limit: 80).description,
            "Magento refuses the line: \(said.joined(separator: "; "))",
            fix: "Correct the value at its source, or the website and group in the settings, then retry")
    }

    /// One product alone that the shop does not hold after all.
    private func unheld(_ piece: Piece, _ failures: [PriceFailure]) -> ChangeAnswer {
        guard failures.isEmpty else { return .rejected(Self.refused(piece, failures.map(\.rendered))) }
        return .deferred(
            Diagnostic(
                "SHOP-NOT-HELD", "Magento took \(Escaped(piece.sku, limit: 80)) without a word and does not hold it (\(route))",
                fix: "Look for a module that changes prices; the change is tried again by the next run", kind: .transient))
    }

    private static var unread: Diagnostic {
        Diagnostic(
            "SHOP-NO-ANSWER", "The prices were sent and could not be read back", fix: "They are looked up by the next run",
            kind: .ambiguous)
    }
}
