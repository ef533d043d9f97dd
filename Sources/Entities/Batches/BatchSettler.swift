import Domain
import Magento

/// Sends pieces by a route and settles each of them.
///
/// A call that was refused as a whole is cut in halves until the guilty piece stands alone. Where the shop left lines out, or rows were
/// taken away, what it holds afterwards decides. An answer that never came is settled by looking before anything is sent again.
struct BatchSettler<Route: BatchRoute>: Sendable {
    typealias Piece = Route.Piece
    typealias Settled = [(index: Int, answer: ChangeAnswer)]

    let route: Route
    let sizer: BatchSizer
    let flights: FlightControl
    let timeline: Timeline
    /// Tries of a call that Magento "could not save" before it is cut (a deadlock is reported like a bad line).
    private let saveTries = 3

    init(_ route: Route, sizer: BatchSizer, flights: FlightControl, timeline: Timeline) {
        self.route = route
        self.sizer = sizer
        self.flights = flights
        self.timeline = timeline
    }

    func settle(_ pieces: [Piece]) async -> Settled { await each(Self.chunks(pieces, rows: sizer.rows), tries: saveTries) }

    private func settle(_ pieces: [Piece], tries: Int) async -> Settled {
        guard !pieces.isEmpty else { return [] }
        let isDeleting = pieces.contains { $0.deletionCount > 0 }
        if isDeleting {
            switch await route.delete(pieces) {
            case .done, .partly: break
            case .notDone(let refusal): return await handle(refusal, pieces, tries: tries)
            case .unknown(let refusal): return await lookThenResend(pieces, refusal, tries: tries)
            }
        }
        let rows = pieces.reduce(0) { $0 + $1.rowCount }
        guard rows > 0 else { return await judgeByReading(pieces, [:], [], tries: tries) }
        let began = timeline.uptime()
        let flight = flights.begin()
        let answer = await route.save(pieces)
        let took = timeline.uptime() - began
        flights.end(flight, rows: answer.isDone ? rows : 0, took: took)
        if answer.isDone { sizer.record(rows, took: took, among: flight.together) }
        switch answer {
        case .done where isDeleting: return await judgeByReading(pieces, [:], [], tries: tries)
        case .done: return pieces.map { ($0.index, .applied(evidence: "200 [] from \(route.name)")) }
        case .partly(let blamed, let said): return await judgeByReading(pieces, blamed, said, tries: tries)
        case .notDone(let refusal): return await handle(refusal, pieces, tries: tries)
        case .unknown(let refusal): return await lookThenResend(pieces, refusal, tries: tries)
        }
    }

    private func handle(_ refusal: Refusal, _ pieces: [Piece], tries: Int) async -> Settled {
        switch refusal.disposition {
        case .cut(let most):
            let rows = most ?? max(1, pieces.reduce(0) { $0 + $1.size } / 2)
            sizer.limit(to: rows)
            guard pieces.count > 1 else { return deferred(pieces, refusal) }
            return await each(Self.chunks(pieces, rows: rows), tries: tries)
        case .again where tries > 1:
            do { try await timeline.sleep(.milliseconds(200 << (saveTries - tries))) } catch { return deferred(pieces, refusal) }
            let settled = await settle(pieces, tries: tries - 1)
            // What the shop could not save before and saves now was a deadlock: too many calls at once.
            if settled.allSatisfy(\.answer.isApplied) { flights.noteBusy() }
            return settled
        case .again, .refused: return await bisect(pieces, refusal, wasRefused: true)
        case .absent: return await withoutUnknown(pieces, refusal)
        case .wait: return deferred(pieces, refusal)
        }
    }

    /// The call was refused, so as a rule it holds at least one bad piece. Where the first half passes, the other half must be the bad one:
    /// it is cut without being sent whole, so one bad piece of n costs at most 2·log2(n) calls more, and one (reliability F58).
    ///
    /// A call may also be refused for what its rows are together (the shop's SQL scan, a deadlock): a piece is rejected only after the
    /// shop has refused it alone, never because the others passed.
    /// - Parameter wasRefused: whether the shop has seen just these pieces; otherwise their guilt is only inferred.
    private func bisect(_ pieces: [Piece], _ refusal: Refusal, wasRefused: Bool) async -> Settled {
        guard pieces.count > 1 else { return wasRefused ? await giveUp(pieces, refusal) : await settle(pieces, tries: 1) }
        let middle = pieces.count / 2
        let first = await settle(Array(pieces[..<middle]), tries: 1)
        let right = Array(pieces[middle...])
        guard first.allSatisfy(\.answer.isApplied) else { return first + (await settle(right, tries: 1)) }
        return first + (await bisect(right, refusal, wasRefused: false))
    }

    /// One unknown SKU refused the whole call: the shop is asked which ones it has, and the others stand alone.
    private func withoutUnknown(_ pieces: [Piece], _ refusal: Refusal) async -> Settled {
        guard pieces.count > 1, let known = try? await route.known(pieces.map(\.sku)) else {
            return await bisect(pieces, refusal, wasRefused: true)
        }
        let isKnown: (Piece) -> Bool = { known.contains(RecordKey.folded(Array($0.sku.utf8)[...])) }
        let suspects = pieces.filter { !isKnown($0) }
        guard !suspects.isEmpty, suspects.count < pieces.count else { return await bisect(pieces, refusal, wasRefused: true) }
        let settled = await settle(pieces.filter(isKnown), tries: 1)
        return settled + (await bisect(suspects, refusal, wasRefused: false))
    }

    /// One piece that the shop will not have. Before it is called rejected, what the shop holds is looked at: releases without a transaction
    /// may have saved it and failed afterwards.
    private func giveUp(_ pieces: [Piece], _ refusal: Refusal) async -> Settled {
        guard let held = try? await route.held(pieces) else { return deferred(pieces, refusal) }
        return pieces.map { piece in
            route.isHeld(piece, in: held) ? found(piece) : (piece.index, .rejected(route.rejection(piece, [refusal.message])))
        }
    }

    /// The call was done except for some lines: what the shop holds is applied, the others are rejected by what was said of them. Pieces of
    /// which nothing was said for certain are sent again in parts.
    private func judgeByReading(_ pieces: [Piece], _ blamed: [Int: [String]], _ said: [String], tries: Int) async -> Settled {
        guard let held = try? await route.held(pieces) else { return pieces.map { ($0.index, .deferred(Self.unread)) } }
        var settled: Settled = []
        var doubtful: [Piece] = []
        for piece in pieces {
            if route.isHeld(piece, in: held) {
                settled.append(found(piece))
            } else if let words = blamed[piece.index] {
                settled.append((piece.index, .rejected(route.rejection(piece, words))))
            } else {
                doubtful.append(piece)
            }
        }
        guard pieces.count > 1 else { return settled + doubtful.map { ($0.index, unheld($0, said)) } }
        let middle = (doubtful.count + 1) / 2
        for half in [doubtful[..<middle], doubtful[middle...]] { settled += await settle(Array(half), tries: tries) }
        return settled
    }

    /// No answer came: what is there already is done; only the rest is sent again, and only once.
    private func lookThenResend(_ pieces: [Piece], _ refusal: Refusal, tries: Int) async -> Settled {
        guard let before = try? await route.held(pieces) else { return deferred(pieces, refusal) }
        let missing = pieces.filter { !route.isHeld($0, in: before) }
        let settled = pieces.filter { route.isHeld($0, in: before) }.map(found)
        guard !missing.isEmpty else { return settled }
        let isDeleting = missing.contains { $0.deletionCount > 0 }
        if isDeleting {
            switch await route.delete(missing) {
            case .done, .partly: break
            case .notDone, .unknown: return settled + deferred(missing, refusal)
            }
        }
        switch missing.contains(where: { $0.rowCount > 0 }) ? await route.save(missing) : .done {
        case .done where isDeleting: return settled + (await judgeByReading(missing, [:], [], tries: 1))
        case .done: return settled + missing.map { ($0.index, .applied(evidence: "200 [] from \(route.name), after looking")) }
        case .partly(let blamed, let said): return settled + (await judgeByReading(missing, blamed, said, tries: 1))
        case .notDone(let second): return settled + (await handle(second, missing, tries: tries))
        case .unknown(let second):
            guard let after = try? await route.held(missing) else { return settled + deferred(missing, second) }
            return settled + missing.map { route.isHeld($0, in: after) ? found($0) : ($0.index, .deferred(second.diagnostic)) }
        }
    }

    private func each(_ chunks: [[Piece]], tries: Int) async -> Settled {
        var settled: Settled = []
        for chunk in chunks { settled += await settle(chunk, tries: tries) }
        return settled
    }

    /// Cut so that no chunk has more than `rows` rows; a product's rows stay together.
    static func chunks(_ pieces: [Piece], rows: Int) -> [[Piece]] {
        // As a rule all of them fit: a batch has as many changes as there may be rows.
        guard pieces.reduce(0, { $0 + $1.size }) > rows else { return pieces.isEmpty ? [] : [pieces] }
        var chunks: [[Piece]] = []
        var count = 0
        for piece in pieces {
            if chunks.isEmpty || count + piece.size > rows {
                chunks.append([])
                count = 0
            }
            chunks[chunks.count - 1].append(piece)
            count += piece.size
        }
        return chunks
    }

    private func found(_ piece: Piece) -> (index: Int, answer: ChangeAnswer) { (piece.index, .applied(evidence: route.readBack(piece))) }

    private func deferred(_ pieces: [Piece], _ refusal: Refusal) -> Settled { pieces.map { ($0.index, .deferred(refusal.diagnostic)) } }

    /// One piece alone that the shop does not hold after all.
    private func unheld(_ piece: Piece, _ said: [String]) -> ChangeAnswer {
        guard said.isEmpty else { return .rejected(route.rejection(piece, said)) }
        return .deferred(
            Diagnostic(
                "SHOP-NOT-HELD", "Magento took \(Escaped(piece.sku, limit: 80)) without a word and does not hold it (\(route.name))",
                fix: "Look for a module that changes what is saved; the change is tried again by the next run", kind: .transient))
    }

    private static var unread: Diagnostic {
        Diagnostic(
            "SHOP-NO-ANSWER", "The changes were sent and could not be read back", fix: "They are looked up by the next run", kind: .ambiguous)
    }
}

extension BatchAnswer {
    fileprivate var isDone: Bool {
        switch self {
        case .done, .partly: true
        case .notDone, .unknown: false
        }
    }
}

extension ChangeAnswer {
    /// For a change of which no call told anything.
    static let unsettled = ChangeAnswer.deferred(
        Diagnostic("SHOP-NO-ANSWER", "The change was not settled", fix: "It is tried again by the next run", kind: .transient))

    fileprivate var isApplied: Bool { if case .applied = self { true } else { false } }
}
