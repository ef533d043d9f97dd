import Domain
import Endpoints
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// A shop whose orders a test sets by hand.
private final class FixedOrders: DocumentSource, Sendable {
    struct Order: Sendable {
        var place: Int64
        var number: String
        var readiness = DocumentReadiness.ready
        var modified = UTCInstant(seconds: 1_795_230_000)
        var content: String?
    }

    let orders: Mutex<[Order]>
    let sweeps = Mutex<[UTCInstant?]>([])
    let end = Mutex(UTCInstant(seconds: 1_795_230_100))

    init(_ numbers: String...) {
        orders = Mutex(numbers.enumerated().map { Order(place: Int64($0 + 1), number: $1) })
    }

    func set(_ number: String, _ readiness: DocumentReadiness) {
        orders.withLock { orders in
            for index in orders.indices where orders[index].number == number { orders[index].readiness = readiness }
        }
    }

    func set(_ number: String, content: String) {
        orders.withLock { orders in
            for index in orders.indices where orders[index].number == number { orders[index].content = content }
        }
    }

    func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        sweeps.withLock { $0.append(since) }
        try await visit(orders.withLock { $0 }.map(Self.observation))
        return end.withLock { $0 }
    }

    func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        orders.withLock { $0 }.filter { places.contains($0.place) }.map {
            OutboundDocument(observation: Self.observation($0), content: Array(($0.content ?? $0.number).utf8))
        }
    }

    private static func observation(_ order: Order) -> DocumentSighting {
        DocumentSighting(place: order.place, identity: RecordKey(order.number), modified: order.modified, readiness: order.readiness)
    }
}

struct OutboundRunTests {
    private func run(_ world: OutboundWorld, _ flow: OutboundFlow) async throws -> FlowReport {
        try await world.runner().run(flow, cause: "schedule")
    }

    @Test func `D1 two orders leave in one file with a count, and a second run sends nothing`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("100", "101"))
        let flow = try world.flow("orders", inbox, shop)

        let first = try await run(world, flow)
        let second = try await run(world, flow)

        #expect(first.runs.map(\.run.state) == [.finished])
        #expect(first.runs.first?.tallies.first?.tally == Tally(read: 2, counts: [.applied: 2]))
        #expect(second.runs.isEmpty)
        #expect(inbox.delivered.map(\.name) == ["in/ORD_000001.csv"])
        #expect(inbox.delivered.first.map { String(decoding: $0.bytes, as: UTF8.self) } == "F,1\r\nH,100,\r\nH,101,\r\nT,2\r\n")
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `the numbers of a flow's files have no gap, whatever was refused between them`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2", "bad3", "4", "5", "6", "7", "8"))
        let flow = try world.flow("orders", inbox, shop, batch: 3)

        let report = try await run(world, flow)

        #expect(inbox.delivered.map(\.name).sorted() == ["in/ORD_000001.csv", "in/ORD_000002.csv", "in/ORD_000003.csv"])
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers.sorted() == ["1", "2", "4", "5", "6", "7", "8"])
        #expect(report.runs.flatMap(\.tallies).reduce(Tally()) { $0 + $1.tally } == Tally(read: 8, counts: [.applied: 7, .rejected: 1]))
    }

    @Test func `C289 what is refused waits with its reason, is told once, and leaves when it is mended`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("bad1"))
        let flow = try world.flow("orders", inbox, shop)

        _ = try await run(world, flow)
        let again = try await run(world, flow)
        let waiting = try world.ledger.read { try $0.errors() }
        shop.set("bad1", content: "1")
        let mended = try await run(world, flow)

        #expect(again.runs.isEmpty)
        #expect(waiting.map { $0.verdict.reason?.code } == ["TEST-BAD"])
        #expect(mended.runs.map(\.run.state) == [.finished])
        #expect(try world.ledger.read { try $0.openErrorCount() } == 0)
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers == ["1"])
    }

    @Test func `D7 an order cancelled in time never leaves; cancelled later it is in the error queue, once`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        shop.set("2", .waiting("waits for payment"))
        let flow = try world.flow("orders", inbox, shop)
        _ = try await run(world, flow)

        shop.set("1", .withdrawn("cancelled in the shop"))
        shop.set("2", .withdrawn("cancelled in the shop"))
        let told = try await run(world, flow)
        let again = try await run(world, flow)

        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers == ["1"])
        #expect(told.runs.first?.tallies.first?.tally == Tally(read: 2, counts: [.rejected: 1, .superseded: 1]))
        #expect(try world.ledger.read { try $0.errors() }.map { $0.verdict.reason?.code } == ["CANCELLED-LATE"])
        #expect(again.runs.isEmpty)
    }

    @Test func `an order that is finished or refunded after it left is nobody's trouble`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        let flow = try world.flow("orders", inbox, shop)
        _ = try await run(world, flow)

        shop.set("1", .passed("refunded in full in the shop"))
        let later = try await run(world, flow)

        #expect(later.runs.isEmpty)
        #expect(try world.ledger.read { try $0.openErrorCount() } == 0)
    }

    @Test func `D7 an order cancelled while the ERP's server was down does not leave, the others do, under the same number`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        let flow = try world.flow("orders", inbox, shop)
        inbox.state.withLock { $0.isDown = true }
        let down = try await run(world, flow)
        shop.set("1", .withdrawn("cancelled in the shop"))
        inbox.state.withLock { $0.isDown = false }

        let up = try await run(world, flow)

        #expect(down.runs.map(\.run.state) == [.waiting])
        #expect(up.runs.map(\.run.state) == [.discarded, .finished])
        #expect(inbox.delivered.map(\.name) == ["in/ORD_000001.csv"])
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers == ["2"])
        #expect(try world.ledger.read { try $0.outboxDocument(flow: "orders", identity: RecordKey("1"))?.standing } == .withdrawn)
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `D7 a held file with an order cancelled meanwhile cannot be approved`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        let flow = try world.flow("orders", inbox, shop, approval: .always)
        let held = try await run(world, flow)
        shop.set("1", .withdrawn("cancelled in the shop"))

        let run = try #require(held.runs.first?.run.id)
        let refused = await #expect(throws: Diagnostic.self) { try await world.desk().approve(run, of: flow, by: "ann") }

        #expect(refused?.code == "CONSIGNMENT-STALE")
        #expect(inbox.delivered.isEmpty)
    }

    @Test func `F14 a file of another content under our name stops the flow, and nothing behind it overtakes`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        inbox.state.withLock { $0.files["in/ORD_000001.csv"] = Array("theirs".utf8) }
        let flow = try world.flow("orders", inbox, shop)

        let stopped = try await run(world, flow)
        shop.orders.withLock { $0.append(.init(place: 2, number: "2")) }
        let still = try await run(world, flow)
        let theirs = inbox.state.withLock { $0.files["in/ORD_000001.csv"] }
        inbox.state.withLock {
            $0.files = [:]; $0.seen = [:]
        }
        let freed = try await run(world, flow)

        #expect(stopped.runs.first?.trouble?.code == "CONSIGNMENT-CONFLICT")
        #expect(still.runs.count == 1)
        #expect(theirs == Array("theirs".utf8))
        #expect(freed.runs.map(\.run.state) == [.finished, .finished])
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers.sorted() == ["1", "2"])
    }

    @Test func `D6 an answer to a file that never left stops the flow: the ledger is older than the world`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        inbox.state.withLock { $0.files["acks/ORD_000001.csv.ack"] = [] }
        let flow = try world.flow("orders", inbox, shop, acknowledgement: try Self.byFile())

        let report = try await run(world, flow)

        #expect(report.runs.first?.trouble?.code == "CONSIGNMENT-ANSWERED")
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers.isEmpty)
    }

    @Test func `D4 the very bytes under our name from before a restored ledger count as sent`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        inbox.state.withLock { $0.files["in/ORD_000001.csv"] = Array("F,1\r\nH,1,\r\nT,1\r\n".utf8) }

        let report = try await run(world, try world.flow("orders", inbox, shop))

        #expect(report.runs.map(\.run.state) == [.finished])
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers == ["1"])
    }

    private static func byFile() throws -> Acknowledgement {
        Acknowledgement(proof: .file(folder: "acks", name: try #require(ConsignmentName("{name}.ack"))), within: .seconds(1800))
    }

    @Test func `D9 a late answer is told and nothing is sent again; the answer still counts when it comes`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        let flow = try world.flow("orders", inbox, shop, acknowledgement: try Self.byFile())
        _ = try await run(world, flow)

        world.clock.advance(by: .seconds(3600))
        let late = try await run(world, flow)
        let overdue = try world.ledger.read { try $0.overdueConsignments(at: world.clock.timeline.now()) }
        inbox.state.withLock {
            $0.files["in/../acks"] = nil; $0.files["acks/ORD_000001.csv.ack"] = Array("order,erp\n1,SO-9\n2,,REJECTED,\"no such account\"\n".utf8)
        }
        let answered = try await run(world, flow)

        #expect(late.runs.isEmpty)
        #expect(late.notes.contains { $0.hasPrefix("overdue") })
        #expect(overdue.map(\.name) == ["ORD_000001.csv"])
        #expect(answered.notes == ["acknowledged · ORD_000001.csv: 2 of 2 answered"])
        let documents = try world.ledger.read { try $0.consigned(in: overdue[0].id) }
        #expect(documents.map(\.erpNumber) == ["SO-9", nil])
        #expect(documents.map(\.refusal) == [nil, "no such account"])
        #expect(try world.ledger.read { try $0.errors() }.map { $0.verdict.reason?.code } == ["ERP-REFUSED"])
        #expect(try world.ledger.read { try $0.overdueConsignments(at: UTCInstant(seconds: 9_000_000_000)) }.isEmpty)
    }

    @Test func `D9 D2 the alarms see an order that has been due for an hour, and a file whose answer is late`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        let flow = try world.flow("orders", inbox, shop, acknowledgement: try Self.byFile())
        inbox.state.withLock { $0.isDown = true }
        _ = try await run(world, flow)
        let since = world.clock.timeline.now()
        world.clock.advance(by: .seconds(4000))

        let stuck = try world.ledger.read { try OutboundWatch.signs(of: ["orders"], $0, at: world.clock.timeline.now()) }
        inbox.state.withLock { $0.isDown = false }
        _ = try await run(world, flow)
        world.clock.advance(by: .seconds(4000))
        let late = try world.ledger.read { try OutboundWatch.signs(of: ["orders"], $0, at: world.clock.timeline.now()) }

        #expect(stuck.first?.oldest == .init(number: "1", since: since))
        #expect(stuck.first?.overdue.isEmpty == true)
        #expect(late.first?.oldest == nil)
        #expect(late.first?.overdue.map(\.name) == ["ORD_000001.csv"])
    }

    @Test func `D6 an answer counts once, and one that is still being written waits`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        let flow = try world.flow("orders", inbox, shop, acknowledgement: try Self.byFile())
        _ = try await run(world, flow)

        inbox.state.withLock { $0.files["acks/ORD_000001.csv.ack"] = Array("1,SO-1\n2,SO".utf8) }
        let half = try await run(world, flow)
        inbox.state.withLock { $0.files["acks/ORD_000001.csv.ack"] = Array("1,SO-1\n".utf8) }
        let part = try await run(world, flow)
        inbox.state.withLock { $0.files["acks/ORD_000001.csv.ack"] = Array("1,OTHER\n2,SO-2\n".utf8) }
        _ = try await run(world, flow)

        #expect(half.notes == ["being written · ORD_000001.csv: the last line of its answer has no line end yet"])
        #expect(part.notes == ["answered in part · ORD_000001.csv: 1 of 2 answered; no answer yet for 2"])
        let consignment = try #require(try world.ledger.read { try $0.recentConsignments(limit: 1) }.first)
        #expect(consignment.state == .acknowledged)
        #expect(try world.ledger.read { try $0.consigned(in: consignment.id) }.map(\.erpNumber) == ["SO-1", "SO-2"])
    }

    @Test func `an answer that is not understood settles nothing, and its orders are told by number`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2", "3"))
        let flow = try world.flow("orders", inbox, shop, acknowledgement: try Self.byFile())
        _ = try await run(world, flow)

        inbox.state.withLock { $0.files["acks/ORD_000001.csv.ack"] = Array("1;SO-1;OK\n2;SO-2;PENDING\n77;SO-3;OK\n".utf8) }
        let part = try await run(world, flow)

        #expect(
            part.notes == [
                "answered in part · ORD_000001.csv: 1 of 3 answered; no answer yet for 2, 3",
                "not understood · ORD_000001.csv: line 2: 2: the word \"PENDING\" is not understood",
                "not understood · ORD_000001.csv: line 3: 77 is not a number of this file",
            ])
        let consignment = try #require(try world.ledger.read { try $0.recentConsignments(limit: 1) }.first)
        #expect(try world.ledger.read { try $0.consigned(in: consignment.id) }.map { $0.acknowledged != nil } == [true, false, false])
    }

    @Test func `a file that is gone, or stands elsewhere unchanged, is acknowledged where the contract says so`() async throws {
        for (proof, answer) in [
            (Acknowledgement.Proof.gone, nil), (.echo(folder: "taken", name: try #require(ConsignmentName("{name}"))), "taken/ORD_000001.csv"),
        ] as [(Acknowledgement.Proof, String?)] {
            let world = try OutboundWorld()
            let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
            let flow = try world.flow("orders", inbox, shop, acknowledgement: Acknowledgement(proof: proof, within: .seconds(60)))
            _ = try await run(world, flow)
            let before = try await run(world, flow)

            inbox.state.withLock { state in
                let bytes = state.files.removeValue(forKey: "in/ORD_000001.csv")
                if let answer { state.files[answer] = bytes }
            }
            let after = try await run(world, flow)

            #expect(before.notes.isEmpty)
            #expect(after.notes.map { $0.prefix(12) } == ["acknowledged"])
        }
    }

    @Test func `an order leaves again only by a person's order, marked in file, ledger and audit`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "2"))
        let flow = try world.flow("orders", inbox, shop)
        _ = try await run(world, flow)
        let document = try #require(try world.ledger.read { try $0.outboxDocument(flow: "orders", identity: RecordKey("1")) })

        let count = try world.desk().resend([document], by: "ann", because: "the ERP lost it")
        let twice = try world.desk().resend([document], by: "ann", because: "again")
        _ = try await run(world, flow)
        let idle = try await run(world, flow)

        #expect((count, twice) == (1, 0))
        #expect(idle.runs.isEmpty)
        let last = inbox.delivered.max { $0.name < $1.name }
        #expect(last.map { String(decoding: $0.bytes, as: UTF8.self) } == "F,2\r\nH,1,RESENT\r\nT,1\r\n")
        let consigned = try world.ledger.read { try $0.consigned(document: document.id) }
        #expect(consigned.map(\.isResent) == [false, true])
        #expect(try world.ledger.read { try $0.audit(limit: 10) }.map(\.action) == ["resend"])
    }

    @Test func `a flow that always asks holds its file; approved it leaves, discarded its orders and its number are free again`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        let flow = try world.flow("orders", inbox, shop, approval: .always)

        let held = try await run(world, flow)
        let still = try await run(world, flow)
        let discarded = try await world.desk().discard(try #require(held.runs.first?.run.id), by: "ann")
        let heldAgain = try await run(world, flow)
        let approved = try await world.desk().approve(try #require(heldAgain.runs.first?.run.id), of: flow, by: "ann")

        #expect(held.runs.map(\.run.state) == [.held])
        #expect(still.runs.map(\.run.id) == held.runs.map(\.run.id))
        #expect(discarded.run.state == .discarded)
        #expect(approved.run.state == .finished)
        #expect(inbox.delivered.map(\.name) == ["in/ORD_000001.csv"])
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `J1 a preview shows the very bytes and changes nothing`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1", "bad2"))
        let flow = try world.flow("orders", inbox, shop)

        let preview = try #require(try await world.runner().preview(flow))
        let counts = try world.ledger.read { try $0.outboxCounts(flow: "orders") }
        let report = try await run(world, flow)

        #expect(preview.run.state == .previewed)
        #expect(preview.tallies.first?.tally == Tally(read: 2, counts: [.deferred: 1, .rejected: 1]))
        #expect(counts.isEmpty)
        #expect(try world.ledger.read { try $0.openErrorCount() } == 1)
        #expect(report.runs.first?.consignment?.sequence == 1)
        #expect(report.runs.first?.consignment?.size == 16)
    }

    @Test func `D2 each look goes back behind the last by the shop's clock, and once a day much further`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))
        let flow = try world.flow("orders", inbox, shop)

        _ = try await run(world, flow)
        world.clock.advance(by: .seconds(300))
        _ = try await run(world, flow)
        world.clock.advance(by: .seconds(90_000))
        _ = try await run(world, flow)

        let end = UTCInstant(seconds: 1_795_230_100)
        #expect(shop.sweeps.withLock { $0 } == [nil, end.adding(.seconds(-600)), end.adding(.seconds(-14 * 86_400))])
    }

    @Test func `the done file comes last and names the file and its hash`() async throws {
        let world = try OutboundWorld()
        let (inbox, shop) = (InboxEndpoint(), FixedOrders("1"))

        _ = try await run(world, try world.flow("orders", inbox, shop, done: true))

        let files = inbox.state.withLock { $0.files }
        let consignment = try #require(try world.ledger.read { try $0.recentConsignments(limit: 1) }.first)
        #expect(Set(files.keys) == ["in/ORD_000001.csv", "in/ORD_000001.csv.done"])
        #expect(files["in/ORD_000001.csv.done"].map { String(decoding: $0, as: UTF8.self) } == "\(consignment.hash.hex)  ORD_000001.csv\n")
    }
}
