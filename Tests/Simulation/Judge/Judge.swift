import Domain
import Foundation
import MagentoSandbox

/// Says whether a history kept the promises. Knows the sender's files, the shop's documents and the ledger's tables; shares no rule
/// with the program.
struct Judge {
    let world: SimulatedWorld
    let story: Story
    private var ledger: LedgerFile { LedgerFile(path: world.ledgerPath) }

    init(world: SimulatedWorld, story: Story) {
        self.world = world
        self.story = story
    }

    func findings(_ written: [Player.Written], taken: [(name: String, bytes: [UInt8])], orders: [Int: Int]) -> [Finding] {
        world.shop.commitDue()
        return lostFiles() + values(written) + events(written) + orderFiles(orders) + rest(written) + decisions() + forgotten() + books()
    }

    // MARK: Files

    private var versions: [VersionAccount.Version] { world.erp.account.versions }

    private func lostFiles() -> [Finding] {
        versions.enumerated().compactMap { number, version in
            if version.wasDestroyedUnread { return Finding(.fileLost, "version \(number) of \(version.path) was removed before it was held") }
            if version.isReplaced || version.place == version.path { return nil }
            return world.erp.account.isHeld(version.bytes)
                ? nil : Finding(.fileLost, "version \(number) of \(version.path) is at \(version.place ?? "no place") and was never read")
        }
    }

    /// Whether the program had a chance to read the version: it holds it, or it stands there still.
    private func wasAvailable(_ written: Player.Written, among all: [Player.Written]) -> Bool {
        let hash = FileHash.hex(written.bytes)
        // Set aside with a reason that a person sees: it ended the program three times, or the disk damaged the only copy.
        let isSetAside = !ledger.rows(
            """
            SELECT 1 FROM run r JOIN delivery d ON d.id = r.delivery
            WHERE d.hash = '\(hash)' AND (r.verdict LIKE '%SPOOL-%' OR r.verdict LIKE 'FILE-POISON%')
            """
        ).isEmpty
        if isSetAside { return false }
        guard let number = written.version else {
            return !ledger.rows("SELECT 1 FROM delivery WHERE CAST(name AS TEXT) = '\(written.drop.name)'").isEmpty
        }
        let version = versions[number]
        if version.place == version.path, !version.isReplaced { return true }
        // What its sender replaced before the program had taken it over is the sender's business. Bytes that also came as a file that
        // its announcement called short prove nothing, and those of a file of the future are told apart by their time.
        if all.contains(where: { $0.bytes == written.bytes && $0.drop.flaw == .short }) { return false }
        return !ledger.rows("SELECT 1 FROM delivery WHERE hash = '\(hash)' AND modified / 1000 = \(written.modified)").isEmpty
    }

    // MARK: Values

    private func values(_ written: [Player.Written]) -> [Finding] {
        guard story.setting.flows.contains(.stock) || story.setting.flows.contains(.delta) else { return [] }
        let good = written.filter {
            ($0.drop.flow == .stock || $0.drop.flow == .delta) && $0.drop.flaw != .cut && $0.drop.flaw != .short && $0.drop.flaw != .future
                && wasAvailable($0, among: written)
        }
        let items = world.shop.change { state in
            Dictionary(uniqueKeysWithValues: WorldKit.skus.map { ($0, state.sourceItems.item(sku: $0, source: "main")?.quantity) })
        }
        let shipped = story.setting.flows.contains(.despatches)
        let decided = Decided(ledger)
        // Files of what has changed are read in their order: behind one that waits for a person they wait as well.
        if isHeldUp { return [] }
        return WorldKit.skus.compactMap { sku in
            let telling = good.compactMap { one in decided.figure(of: sku, in: one).map { (written: one, figure: $0) } }
            guard let newest = telling.map(\.written.modified).max(), !shipped else { return nil }
            // A newer file whose figure waits in the queue has superseded them.
            let unread = written.filter { FileText.unreadableKey(in: $0.drop) == sku && decided.figure(of: sku, in: $0) == nil }
            if unread.contains(where: { $0.modified >= newest && wasAvailable($0, among: written) }) { return nil }
            let last = telling.filter { $0.written.modified == newest }
            // What was approved and met other values than it was compared with may wait once more.
            let isAskedAgain = last.contains { one in
                !ledger.rows(
                    """
                    SELECT 1 FROM run r JOIN delivery d ON d.id = r.delivery
                    WHERE r.state = 'held' AND d.hash = '\(FileHash.hex(one.written.bytes))' AND d.modified / 1000 = \(newest)
                    """
                ).isEmpty
            }
            if isAskedAgain { return nil }
            let allowed = last.map(\.figure)
            // Of one name the later of two writings within a second counts; of two names nobody can tell.
            let byName = Dictionary(grouping: last, by: \.written.drop.name).compactMapValues { $0.last?.figure }
            guard let held = items[sku] ?? nil else { return Finding(.wrongValue, "\(sku) is not in the shop") }
            if byName.values.contains(where: { Quantity(Int64($0)) == held }) { return nil }
            return Finding(
                .wrongValue, "\(sku) is \(held.number) in the shop; the newest good file says \(allowed.map(String.init).joined(separator: " or "))")
        }
    }

    private var isHeldUp: Bool { !ledger.rows("SELECT 1 FROM run WHERE flow = 'delta' AND state = 'held'").isEmpty }

    // MARK: Events

    private func events(_ written: [Player.Written]) -> [Finding] {
        var findings: [Finding] = []
        var told: [String: (event: Event, flow: FlowKind, isOwed: Bool)] = [:]
        for one in written {
            guard case .events(let events) = one.drop.content else { continue }
            let isGood = one.drop.flaw != .cut && one.drop.flaw != .short
            for event in events {
                let isOwed = isGood && wasAvailable(one, among: written)
                told[event.number] = (event, one.drop.flow, isOwed || told[event.number]?.isOwed == true)
            }
        }
        let refused = Dictionary(
            ledger.rows("SELECT CAST(key AS TEXT), code, reason FROM record_outcome WHERE outcome = 'rejected'").map {
                ($0[0], "\($0[1]): \($0[2])")
            },
            uniquingKeysWith: { $1 })
        for (number, entry) in told.sorted(by: { $0.key < $1.key }) {
            let documents = documents(of: entry.event, entry.flow)
            // What staff post beside a document that is there is their business.
            let first = documents.first
            let isBeside = documents.dropFirst().contains { $0.isOurs } && first?.isOurs == false
            let wasLate = world.shop.ordersOfLateCalls.contains(world.shop.change { $0.sales.orders[entry.event.order - 1].id })
            let isDoubled = documents.count { $0.isOurs } > 1 || isBeside && !wasLate
            if isDoubled {
                findings.append(
                    Finding(.doneTwice, "\(number) has \(documents.count) documents in the shop: \(documents.map(\.name).joined(separator: ", "))"))
            }
            // Who approved that there is nothing of it has nothing to send of it.
            let isSoldOut = story.setting.people == .operators && refused[number]?.hasPrefix("SOURCE-SHORT") == true
            let isInterfered = isShippedByHand(entry.event) || isSoldOut
            if documents.isEmpty, entry.isOwed, !(isInterfered && refused[number] != nil) {
                findings.append(
                    Finding(.undone, "\(number) was told in a good file and has no document\(refused[number].map { " (rejected: \($0))" } ?? "")"))
            }
            if entry.flow == .despatches, let letters = documents.first(where: \.isOurs)?.letters, letters != 1 {
                findings.append(Finding(letters > 1 ? .doneTwice : .undone, "\(number) made \(letters) letters"))
            }
        }
        return findings
    }

    private struct Document {
        var name: String
        var letters: Int
        /// It has the program's remark.
        var isOurs: Bool
    }

    private func documents(of event: Event, _ flow: FlowKind) -> [Document] {
        world.shop.change { state in
            if flow == .despatches {
                return state.sales.shipments.filter { shipment in
                    shipment.comments.contains { $0.text.hasSuffix(event.number) } || shipment.tracks.contains { $0.number == event.track }
                }.map { shipment in
                    Document(
                        name: "shipment \(shipment.incrementID)", letters: state.sales.notifications.count { $0.about == "shipment \(shipment.id)" },
                        isOurs: !shipment.comments.isEmpty)
                }
            }
            return state.sales.creditMemos.filter { memo in memo.comments.contains { $0.text.hasSuffix(event.number) } }
                .map { Document(name: "credit memo \($0.incrementID)", letters: 0, isOurs: true) }
        }
    }

    /// Staff posted a shipment of the event's order: whatever overlaps with it may wait for a person.
    private func isShippedByHand(_ event: Event) -> Bool {
        world.shop.change { state in
            let order = state.sales.orders[event.order - 1].id
            return state.sales.shipments.contains { $0.orderID == order && $0.comments.isEmpty }
        }
    }

    // MARK: Orders

    private func orderFiles(_ placed: [Int: Int]) -> [Finding] {
        guard story.setting.flows.contains(.orders) else { return [] }
        var findings = world.erp.changedInbox.map { Finding(.orderTwice, "\($0) changed under its final name") }
        var counts: [String: Int] = [:]
        for file in world.erp.appeared {
            let lines = String(decoding: file.bytes, as: UTF8.self).components(separatedBy: .newlines).filter { !$0.isEmpty }.dropFirst()
            for number in Set(lines.compactMap { $0.components(separatedBy: ",").first }) { counts[number, default: 0] += 1 }
        }
        for order in world.shop.change({ $0.sales.orders }) {
            let count = counts[order.incrementID] ?? 0
            if count > 1 { findings.append(Finding(.orderTwice, "order \(order.incrementID) left \(count) times")) }
            if count == 0, "\(order.state)" != "canceled" {
                findings.append(Finding(.orderMissing, "order \(order.incrementID) (\(order.state)) never left"))
            }
        }
        return findings
    }

    // MARK: Rest

    private func rest(_ written: [Player.Written]) -> [Finding] {
        var findings: [Finding] = []
        for row in ledger.rows("SELECT id, flow, state, verdict FROM run WHERE state IN ('planning', 'approved', 'applying', 'waiting')") {
            findings.append(Finding(.rest, "run \(row.joined(separator: " "))"))
        }
        for row in ledger.rows("SELECT r.id, r.flow, r.verdict, p.findings FROM run r LEFT JOIN plan p ON p.run = r.id WHERE r.state = 'held'") {
            // A clock that was wrong once takes more for a file of the future than its sender made so.
            let flaws: [Flaw] = [row[3].contains("future") ? .future : nil, row[3].contains("to_zero") ? .drastic : nil].compactMap { $0 }
            if !written.contains(where: { flaws.contains($0.drop.flaw) }) {
                findings.append(Finding(.rest, "run \(row[0]) of \(row[1]) is held: \(row[3].prefix(200))"))
            }
        }
        for row in ledger.rows(
            "SELECT flow, CAST(name AS TEXT), state, folder FROM file_drop WHERE state IN ('waiting', 'downloading', 'staged', 'processing')")
        {
            let isThere = world.erp.files["\(row[3])/\(row[1])"] != nil
            if row[0] == "delta", isHeldUp { continue }
            if row[2] != "waiting" || isThere { findings.append(Finding(.rest, "file \(row[1]) of \(row[0]) is \(row[2])")) }
        }
        for row in ledger.rows("SELECT r.id, r.flow, r.verdict, d.hash FROM run r JOIN delivery d ON d.id = r.delivery WHERE r.state = 'failed'") {
            guard !row[2].hasPrefix("FILE-POISON") else { continue }
            // The disk damaged the only copy; the same bytes under another name are another file, which was read in its turn.
            let isReadElsewhere = !ledger.rows(
                "SELECT 1 FROM run r JOIN delivery d ON d.id = r.delivery WHERE d.hash = '\(row[3])' AND r.flow = '\(row[1])' AND r.state = 'finished'"
            ).isEmpty
            if row[2].hasPrefix("SPOOL-"), isReadElsewhere { continue }
            let bytes = FileManager.default.contents(atPath: "\(world.folder)/spool/\(row[3])").map { Array($0) } ?? []
            let isGood = written.contains { $0.bytes == bytes && $0.drop.flaw != .cut && $0.drop.flaw != .short && $0.drop.flaw != .future }
            let isAlsoBad = written.contains { $0.bytes == bytes && ($0.drop.flaw == .cut || $0.drop.flaw == .short) }
            if isGood, !isAlsoBad { findings.append(Finding(.goodFileRefused, "run \(row[0]) of \(row[1]) failed: \(row[2])")) }
        }
        return findings
    }

    /// One click is one decision: no order is left, none was carried out twice, and no two made the same run. A record's number is given
    /// again when a held run is planned anew, so what was retried is judged by its values.
    private func decisions() -> [Finding] {
        let open = ledger.rows("SELECT id, action, state, text FROM instruction WHERE state IN ('waiting', 'taken', 'decided')")
        let twice = ledger.rows(
            "SELECT action, subject, count(*) FROM audit WHERE action IN ('approve', 'discard') GROUP BY action, subject HAVING count(*) > 1")
        let shared = ledger.rows("SELECT run, count(*) FROM instruction WHERE run IS NOT NULL AND action = 'retry' GROUP BY run HAVING count(*) > 1")
        return open.map { Finding(.rest, "order \($0.joined(separator: " "))") }
            + twice.map { Finding(.doneTwice, "decided \($0[2]) times: \($0[0]) of \($0[1])") }
            + shared.map { Finding(.doneTwice, "\($0[1]) orders made run \($0[0])") }
    }

    /// A history lasts hours; whatever the clocks said, nothing is old enough to go.
    private func forgotten() -> [Finding] {
        ledger.rows("SELECT DISTINCT hash, CAST(name AS TEXT) FROM delivery")
            .filter { !FileManager.default.fileExists(atPath: "\(world.folder)/spool/\($0[0])") }
            .map { Finding(.forgotten, "the bytes of \($0[1]) are gone from the spool") }
    }

    private func books() -> [Finding] {
        ledger.rows(
            "SELECT run, entity FROM tally WHERE read <> applied + unchanged + duplicate + superseded + rejected + deferred"
        ).map { Finding(.books, "run \($0.joined(separator: " "))") }
    }
}
