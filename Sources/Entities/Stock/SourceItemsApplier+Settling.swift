import Domain
import Magento

extension SourceItemsApplier {
    typealias Settled = [(index: Int, answer: ChangeAnswer)]

    /// Sends a batch and settles each of its changes.
    func settle(_ patches: [StockPatch], saveTries: Int) async -> Settled {
        guard !patches.isEmpty else { return [] }
        let rows = patches.flatMap(\.rows)
        let began = timeline.uptime()
        let flight = flights.begin()
        let answer = await sourceItems.save(rows)
        let took = timeline.uptime() - began
        flights.end(flight, rows: answer.refusal == nil ? rows.count : 0, took: took)
        switch answer {
        case .done:
            sizer.record(rows.count, took: took, among: flight.together)
            return patches.map { ($0.index, .applied(evidence: "200 [] from source-items")) }
        case .unknown(let refusal): return await lookThenResend(patches, refusal, saveTries: saveTries)
        case .notDone(let refusal): return await handle(refusal, patches, saveTries: saveTries)
        }
    }

    private func handle(_ refusal: Refusal, _ patches: [StockPatch], saveTries: Int) async -> Settled {
        switch refusal.reason {
        case .itemLimit(let maximum):
            sizer.limit(to: maximum)
            guard patches.count > 1 else { return Self.deferred(patches, refusal) }
            return await each(Self.chunks(patches, rows: maximum), saveTries: saveTries)
        case .bodyTooLarge:
            guard patches.count > 1 else { return Self.deferred(patches, refusal) }
            let rows = patches.reduce(0) { $0 + $1.rows.count }
            sizer.limit(to: max(1, rows / 2))
            return await each(Self.chunks(patches, rows: max(1, rows / 2)), saveTries: saveTries)
        case .couldNotSave where saveTries > 1:
            do { try await timeline.sleep(.milliseconds(200 << (self.saveTries - saveTries))) } catch {
                return Self.deferred(patches, refusal)
            }
            let settled = await settle(patches, saveTries: saveTries - 1)
            // What the shop could not save before and saves now was a deadlock: too many calls at once.
            if settled.allSatisfy({ if case .applied = $0.answer { true } else { false } }) { flights.noteBusy() }
            return settled
        case .couldNotSave, .invalid: return await bisect(patches, refusal, wasRefused: true)
        case .workLost, .unreachable, .certificate, .noAnswer, .maintenance, .throttled, .redirected, .page, .malformed, .tooLarge,
            .forbidden, .credential, .signature, .clock, .permission, .nonceReused, .pageLimit, .notFound, .noRoute,
            .internalError:
            return Self.deferred(patches, refusal)
        }
    }

    /// The batch was refused, so as a rule it holds at least one bad row. Where the first half passes, the other half must be the bad one:
    /// it is cut without being sent whole, so one bad row of n costs at most 2·log2(n) calls more, and one (reliability F58).
    ///
    /// A batch may also be refused for what its rows are together (the shop's SQL scan, a deadlock): a row is rejected only after the
    /// shop has refused it alone, never because the others passed.
    /// - Parameter wasRefused: whether the shop has seen just these rows; otherwise their guilt is only inferred.
    private func bisect(_ patches: [StockPatch], _ refusal: Refusal, wasRefused: Bool) async -> Settled {
        guard patches.count > 1 else {
            return wasRefused ? await giveUp(patches, refusal) : await settle(patches, saveTries: 1)
        }
        let middle = patches.count / 2
        let left = Array(patches[..<middle])
        let right = Array(patches[middle...])
        let first = await settle(left, saveTries: 1)
        guard first.allSatisfy({ if case .applied = $0.answer { true } else { false } }) else {
            return first + (await settle(right, saveTries: 1))
        }
        return first + (await bisect(right, refusal, wasRefused: false))
    }

    /// One row that the shop will not have. Before it is called rejected, what the shop holds is looked at: releases
    /// without a transaction may have saved it and failed afterwards.
    private func giveUp(_ patches: [StockPatch], _ refusal: Refusal) async -> Settled {
        guard refusal.reason == .couldNotSave else { return patches.map { ($0.index, .rejected($0.rejection(refusal))) } }
        guard let held = try? await held(patches) else { return Self.deferred(patches, refusal) }
        return patches.map { patch in
            patch.isHeld(in: held) ? (patch.index, patch.readBack) : (patch.index, .rejected(patch.rejection(refusal)))
        }
    }

    /// No answer came: what is there already is done; only the rest is sent again, and only once.
    private func lookThenResend(_ patches: [StockPatch], _ refusal: Refusal, saveTries: Int) async -> Settled {
        guard let before = try? await held(patches) else { return Self.deferred(patches, refusal) }
        let done = patches.filter { $0.isHeld(in: before) }
        let missing = patches.filter { !$0.isHeld(in: before) }
        let settled: Settled = done.map { ($0.index, $0.readBack) }
        guard !missing.isEmpty else { return settled }
        switch await sourceItems.save(missing.flatMap(\.rows)) {
        case .done: return settled + missing.map { ($0.index, .applied(evidence: "200 [] from source-items, after looking")) }
        case .notDone(let second): return settled + (await handle(second, missing, saveTries: saveTries))
        case .unknown(let second):
            guard let after = try? await held(missing) else { return settled + Self.deferred(missing, second) }
            return settled
                + missing.map { patch in
                    patch.isHeld(in: after) ? (patch.index, patch.readBack) : (patch.index, .deferred(second.diagnostic))
                }
        }
    }

    private func held(_ patches: [StockPatch]) async throws -> [SourceItem] {
        try await sourceItems.find(patches.map(\.sku), sources: sources)
    }

    private func each(_ chunks: [[StockPatch]], saveTries: Int) async -> Settled {
        var settled: Settled = []
        for chunk in chunks { settled += await settle(chunk, saveTries: saveTries) }
        return settled
    }

    private static func deferred(_ patches: [StockPatch], _ refusal: Refusal) -> Settled {
        patches.map { ($0.index, .deferred(refusal.diagnostic)) }
    }
}
