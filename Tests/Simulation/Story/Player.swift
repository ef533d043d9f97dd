import Domain
import Endpoints
import Foundation
import MagentoSandbox

/// Plays a story in a world of its own and hands what it came to to the judge.
///
/// `@unchecked Sendable`: touched by the holder of the baton alone.
final class Player: @unchecked Sendable {
    private let story: Story
    private let world: SimulatedWorld
    /// Names that the sender has in the making: what completes them, and when.
    private var unfinished: [(due: Duration, finish: () -> Void)] = []
    private(set) var written: [Written] = []
    private(set) var taken: [(name: String, bytes: [UInt8])] = []
    private var placed: [Int: Int] = [:]
    private var moves: [String: Int] = [:]

    /// What the judge knows of a file that its sender finished.
    struct Written {
        var drop: Drop
        /// `nil` where a person gave it by hand.
        var version: Int?
        var modified: Int64
        var bytes: [UInt8]
    }

    init(_ story: Story, kit: WorldKit) throws {
        self.story = story
        world = try SimulatedWorld(story.setting, kit: kit)
        prepareOrders()
    }

    /// How much was lived through.
    struct Counts: Sendable {
        var processes = 0
        var crossings = 0
        var kills = 0
        var files = 0
        /// By kind of move.
        var moves: [String: Int] = [:]

        mutating func add(_ other: Counts) {
            processes += other.processes
            crossings += other.crossings
            kills += other.kills
            files += other.files
            moves.merge(other.moves, uniquingKeysWith: +)
        }
    }

    var counts: Counts {
        let processes = world.stage.processes
        return Counts(
            processes: processes.count, crossings: processes.map(\.crossings).reduce(0, +), kills: processes.count(where: \.isDead),
            files: written.count, moves: moves)
    }

    /// Every crossing, process by process.
    var trail: String {
        world.stage.processes.map { "process \($0.number): \($0.trail.joined(separator: ", "))" }.joined(separator: "\n")
    }

    /// The runs as the ledger has them.
    var books: [String] {
        LedgerFile(path: world.ledgerPath).rows(
            """
            SELECT 'run ' || r.id || ' of ' || r.flow || ' for ' || coalesce(CAST(d.name AS TEXT), 'nothing')
              || coalesce(' of ' || time(d.modified / 1000 - 1795224000, 'unixepoch'), '') || ', ' || r.cause || ': ' || r.state || ', ' ||
              coalesce(r.verdict, '') FROM run r LEFT JOIN delivery d ON d.id = r.delivery ORDER BY r.id
            """
        ).compactMap(\.first)
    }

    /// Most rounds of calls after the last fault.
    private static let mostRounds = 9

    func play() -> [Finding] {
        for step in story.steps {
            pass(step.after)
            perform(step.move)
        }
        calmDown()
        guard world.stage.finish(within: .seconds(7200)) else { return [Finding(.rest, "a process never came to its end")] }
        let judge = Judge(world: world, story: story)
        var findings: [Finding] = []
        for round in 1...Self.mostRounds {
            pass(.seconds(1860))
            let process = world.call()
            guard world.stage.finish(within: .seconds(7200)) else { return [Finding(.rest, "process \(process.number) never came to its end")] }
            guard round >= 3, !world.shop.hasLateCommits else { continue }
            findings = judge.findings(written, taken: taken, orders: placed)
            if findings.isEmpty { break }
        }
        return findings
    }

    /// True time goes on: processes work, senders finish what they began.
    private func pass(_ duration: Duration) {
        let end = world.stage.clock.uptime + duration
        while let next = unfinished.map(\.due).min(), next <= end {
            world.stage.play(until: next)
            finishDue()
        }
        world.stage.play(until: end)
    }

    private func finishDue() {
        let now = world.stage.clock.uptime
        let due = unfinished.filter { $0.due <= now }
        unfinished.removeAll { $0.due <= now }
        for one in due { one.finish() }
    }

    private func calmDown() {
        let last = unfinished.map(\.due).max() ?? .zero
        if last > world.stage.clock.uptime { pass(last - world.stage.clock.uptime) }
        world.shop.calm()
        world.erp.mishaps = []
        world.erp.isDown = false
        world.stage.clock.machineError = .zero
        for process in world.stage.living { process.clockError = .zero }
        guard story.closes else { return }
        pass(.seconds(60))
        for kind in story.setting.flows where kind == .stock || kind == .delta {
            let figures = Dictionary(uniqueKeysWithValues: WorldKit.skus.enumerated().map { ($1, 500 + $0) })
            write(Drop(flow: kind, name: "LAST.csv", content: .figures(figures), flaw: .none, manner: .atOnce))
        }
    }

    // MARK: Moves

    private func perform(_ move: Move) {
        moves[move.kind, default: 0] += 1
        switch move {
        case .drop(let drop): write(drop)
        case .senderDeletes(let flow, let name): world.erp.removeBySender("\(flow.folder)/\(name)")
        case .erpTakesOrders: takeOrders()
        case .shopMishap(let mishap): world.shop.mishaps.append(mishap)
        case .weather(let kind, let duration): world.shop.weather = (kind, world.stage.clock.uptime + duration)
        case .folderMishap(let mishap): world.erp.mishaps.append(mishap)
        case .erpDown(let duration):
            world.erp.isDown = true
            unfinished.append((world.stage.clock.uptime + duration, { [world] in world.erp.isDown = false }))
        case .staffShips(let event): ship(event)
        case .placeOrder(let number): place(number)
        case .cancelOrder(let number):
            if let id = placed[number] { world.shop.byHand("POST", "orders/\(id)/cancel", "") }
        case .clockStep(let step): world.stage.clock.machineError += step
        case .flipSpooledByte(let place): flip(place)
        case .runByHand(let drop): runByHand(drop)
        case .retryErrors: world.retryErrors()
        case .discardHeld: world.discardHeld()
        case .click(let click, let strikes): start { world.click(click, faults: faults(strikes)) }
        case .act(let strikes): start { world.carryOutOrders(faults: faults(strikes)) }
        case .backUp: start { world.backUp() }
        case .restore: start { world.restore() }
        case .call(let strikes): start { world.call(faults: faults(strikes)) }
        }
    }

    private func start(_ process: () -> Void) {
        guard world.stage.living.count < 3 else { return }
        process()
        world.stage.play(until: world.stage.clock.uptime)
    }

    private func faults(_ strikes: [Strike]) -> SimulatedWorld.Faults {
        var faults: SimulatedWorld.Faults = [:]
        for strike in strikes {
            faults[strike.crossing] = { [unowned self] process in try self.strike(strike.blow, process) }
        }
        return faults
    }

    private func strike(_ blow: Strike.Blow, _ process: SimulatedProcess) throws {
        if let kind = blow.kind { moves[kind, default: 0] += 1 }
        switch blow {
        case .kill:
            process.kill()
            throw Killed()
        case .pause(let duration): process.pause(for: duration)
        case .rival:
            guard world.stage.living.count < 3 else { return }
            process.yield(to: world.call())
        case .move(let move): perform(move)
        case .clockStep(let step): process.clockError += step
        case .diskFull(let commits): process.commitsWithoutRoom = commits
        }
    }

    // MARK: The sender

    private func write(_ drop: Drop) {
        let path = "\(drop.flow.folder)/\(drop.name)"
        if drop.manner == .whenGone, world.erp.files[path] != nil { return }
        if case .events(let events) = drop.content, events.isEmpty { return }
        let whole = FileText.bytes(of: drop)
        let bytes: [UInt8]
        switch drop.flaw {
        case .cut: bytes = Array(whole.prefix(whole.count * 3 / 4 - 2))
        case .short: bytes = FileText.withoutLastRecord(drop)
        case .none, .future, .late, .drastic, .unreadable: bytes = whole
        }
        let done = path + ".done"
        if story.setting.announces { world.erp.removeBySender(done) }
        let finish = { [unowned self] in
            let version = world.erp.account.add(path, bytes)
            let modified = modified(drop)
            world.erp.write(path, bytes, version: version, modified: modified)
            written.append(Written(drop: drop, version: version, modified: modified, bytes: bytes))
            guard story.setting.announces else { return }
            world.erp.write(done, Array("records=\(FileText.records(in: drop))\n".utf8), version: nil)
        }
        switch drop.manner {
        case .atOnce, .whenGone, .renamed: finish()
        case .slowly(let duration):
            world.erp.write(path, Array(bytes.prefix(bytes.count / 2)), version: nil)
            unfinished.append((world.stage.clock.uptime + duration, finish))
        }
    }

    /// Nobody but us has such a file: what it says is wanted from the moment it is given.
    private func runByHand(_ drop: Drop) {
        if case .events(let events) = drop.content, events.isEmpty { return }
        let bytes = FileText.bytes(of: drop)
        let modified = world.stage.clock.seconds
        written.append(Written(drop: drop, version: nil, modified: modified, bytes: bytes))
        world.runByHand(drop, bytes)
    }

    private func modified(_ drop: Drop) -> Int64 {
        switch drop.flaw {
        case .future: world.stage.clock.seconds + 10 * 365 * 86_400
        case .late: world.stage.clock.seconds - 5000
        case .none, .cut, .short, .drastic, .unreadable: world.stage.clock.seconds
        }
    }

    private func takeOrders() {
        for (name, _) in world.erp.files.sorted(by: { $0.key < $1.key }) where name.hasPrefix("in/") && name.hasSuffix(".csv") {
            if let bytes = world.erp.takeBySender(name) { taken.append((name, bytes)) }
        }
    }

    // MARK: The shop's people

    private func prepareOrders() {
        for number in 1...SimulatedWorld.firstOrders {
            let lines = [OrderDraft.Line("A", Quantity(9)), OrderDraft.Line("B", Quantity(9))]
            let order = try? world.shop.change { try $0.place(OrderDraft(lines), now: world.stage.clock.seconds) }
            if story.setting.flows.contains(.credits), let order {
                world.shop.byHand("POST", "order/\(order.id)/invoice", #"{"capture": true}"#)
            }
            _ = number
        }
    }

    private func place(_ number: Int) {
        var draft = OrderDraft([.init("A", Quantity(1))])
        draft.incrementID = "W\(number)"
        if let order = try? world.shop.change({ try $0.place(draft, now: world.stage.clock.seconds) }) { placed[number] = order.id }
    }

    private func ship(_ event: Event) {
        let order = world.shop.change { $0.sales.orders[event.order - 1] }
        let items = event.quantities.compactMap { sku, quantity in
            order.lines.first { $0.sku == sku }.map { #"{"order_item_id": \#($0.id), "qty": \#(quantity)}"# }
        }
        world.shop.byHand(
            "POST", "order/\(order.id)/ship",
            #"{"items": [\#(items.sorted().joined(separator: ","))], "notify": true, "tracks": [{"track_number": "\#(event.track)", "title": "DPD", "carrier_code": "custom"}], "arguments": {"extension_attributes": {"source_code": "main"}}}"#
        )
    }

    private func flip(_ place: Int) {
        let spool = "\(world.folder)/spool"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? []).filter { !$0.hasSuffix(".part") }.sorted()
        guard !names.isEmpty, var bytes = FileManager.default.contents(atPath: "\(spool)/\(names[place % names.count])") else { return }
        // A file of orders that lost a bit here is nowhere else: a person has to know, and does by an alarm.
        guard !bytes.starts(with: Data("order_number".utf8)) else { return }
        let digits = bytes.indices.filter { (0x31...0x38).contains(bytes[$0]) }
        guard let index = digits.isEmpty ? nil : digits[place % digits.count] else { return }
        bytes[index] += 1
        try? bytes.write(to: URL(fileURLWithPath: "\(spool)/\(names[place % names.count])"))
    }
}

/// Files as the ERP writes them.
enum FileText {
    static func bytes(of drop: Drop) -> [UInt8] { text(drop.flow, rows(drop)) }

    static func withoutLastRecord(_ drop: Drop) -> [UInt8] { text(drop.flow, Array(rows(drop).dropLast())) }

    static func records(in drop: Drop) -> Int { rows(drop).count }

    /// What stands where a figure should, in the first row of a file with that flaw.
    static let unreadable = "1O"

    /// The product whose figure cannot be read.
    static func unreadableKey(in drop: Drop) -> String? {
        guard drop.flaw == .unreadable, case .figures(let figures) = drop.content else { return nil }
        return figures.keys.min()
    }

    private static func rows(_ drop: Drop) -> [String] {
        switch drop.content {
        case .figures(let figures):
            figures.sorted { $0.key < $1.key }.map { sku, figure in
                "\(sku),thing,LDS,\(sku == unreadableKey(in: drop) ? unreadable : String(figure)),0,0,1.00,"
            }
        case .events(let events):
            events.map { event in
                let lines = event.quantities.sorted { $0.key < $1.key }
                if drop.flow == .despatches {
                    let rows = lines.enumerated().map { #"<line no="\#($0 + 1)" sku="\#($1.key)" qty="\#($1.value)"/>"# }.joined()
                    return
                        #"<despatch id="\#(event.number)" order="\#(SimulatedWorld.orderNumber(event.order))" warehouse="LDS">\#(rows)<carrier code="DPD" tracking="\#(event.track)"/></despatch>"#
                }
                let rows = lines.map { #"<line sku="\#($0.key)" qty="\#($0.value)" restock="no"/>"# }.joined()
                return #"<credit id="\#(event.number)" order="\#(SimulatedWorld.orderNumber(event.order))" reason="DAMAGED">\#(rows)</credit>"#
            }
        }
    }

    private static func text(_ flow: FlowKind, _ rows: [String]) -> [UInt8] {
        switch flow {
        case .stock, .delta, .orders:
            Array((["sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated"] + rows).map { $0 + "\r\n" }.joined().utf8)
        case .despatches: xml("despatches", rows)
        case .credits: xml("credits", rows)
        }
    }

    private static func xml(_ root: String, _ rows: [String]) -> [UInt8] {
        Array(#"<?xml version="1.0" encoding="UTF-8"?>"#.utf8) + Array("\n<\(root)>\n\(rows.map { "  \($0)\n" }.joined())</\(root)>\n".utf8)
    }
}
