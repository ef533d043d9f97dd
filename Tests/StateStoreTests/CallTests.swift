import Domain
import StateStore
import TestKit
import Testing

/// The memory of calls that must not be made twice.
struct CallTests {
    private let folder = TemporaryFolder()
    private let ledger: Ledger
    private let clock = ManualTimeline()
    private static let wait = Duration.seconds(1200)

    init() throws { ledger = try Ledger(path: "\(folder.path)/ledger.db") }

    private static func call(_ mark: String, entity: String = "despatches", order: String = "000000001") -> OnceCall {
        OnceCall(entity: entity, subject: order, mark: mark, key: RecordKey(mark))
    }

    private func begin(_ call: OnceCall, wait: Duration = wait) throws -> Clearance {
        try ledger.write(.operators) { writer in
            try writer.begin(call, flow: "f", wait: wait, now: clock.timeline.now(), at: ForwardClock(clock.timeline))
        }
    }

    /// What a later run sees; it notes that this boot has seen it.
    private func rest(_ call: OnceCall) throws -> Duration? {
        try ledger.write(.operators) { writer in
            let now = ForwardClock(clock.timeline)
            try writer.see(call.subject, at: now)
            return try writer.reader.unansweredCalls(about: call.subject, wait: Self.wait, at: now).first { $0.call == call }?.rest
        }
    }

    @Test func `F52 a call without an answer is not begun again before the wait is over, by nobody`() throws {
        let call = Self.call("Despatch 1")
        #expect(try begin(call) == .clear)

        clock.advance(by: .seconds(1199))
        guard case .blocked(let blocked) = try begin(call) else { return #expect(Bool(false), "it was begun again") }
        #expect(blocked.rest == .seconds(1))
        clock.advance(by: .seconds(1))
        #expect(try begin(call) == .clear)
        #expect(try rest(call) == Self.wait, "the wait begins anew")
    }

    @Test func `F52 while one call of an order is unanswered no other of it begins, of whatever entity, and other orders go on`() throws {
        #expect(try begin(Self.call("Despatch 1")) == .clear)

        for other in [Self.call("Despatch 2"), Self.call("Invoice 1", entity: "invoices"), Self.call("Credit note 1", entity: "credits")] {
            guard case .blocked(let blocked) = try begin(other) else { return #expect(Bool(false), "\(other) was begun") }
            #expect(blocked.call.mark == "Despatch 1")
        }
        #expect(try begin(Self.call("Despatch 3", order: "000000002")) == .clear)
        try ledger.write(.operators) { try $0.settle(Self.call("Despatch 1")) }
        #expect(try begin(Self.call("Despatch 2")) == .clear)
    }

    @Test(arguments: [-86_400 * 365, -3600, 3600, 86_400 * 365] as [Int64])
    func `F95 H5 a wall clock that steps neither shortens nor lengthens the wait`(step: Int64) throws {
        let call = Self.call("Despatch 1")
        #expect(try begin(call) == .clear)
        clock.advance(by: .seconds(600))

        clock.setWallClock(clock.timeline.now().adding(.seconds(step)))

        #expect(try rest(call) == .seconds(600))
    }

    @Test func `F77 F95 after a reboot, and on another machine, the wait is counted from when it was first seen there, and never shortened`() throws {
        let call = Self.call("Despatch 1")
        #expect(try begin(call) == .clear)
        clock.advance(by: .seconds(1000))
        #expect(try rest(call) == .seconds(200))

        // Another machine that has been up for a year.
        clock.reboot(as: "boot-2", uptime: .seconds(86_400 * 365))
        #expect(try rest(call) == Self.wait)
        clock.advance(by: .seconds(700))
        #expect(try rest(call) == .seconds(500))

        // The two take turns: each goes on with what it has counted.
        clock.reboot(as: "boot-1", uptime: .seconds(1000 + 1000 + 700))
        #expect(try rest(call) == .zero)
        clock.reboot(as: "boot-2", uptime: .seconds(86_400 * 365 + 1200))
        #expect(try rest(call) == .zero)
    }

    @Test func `F95 a clock that begins anew under the same name counts anew`() throws {
        let call = Self.call("Despatch 1")
        #expect(try begin(call) == .clear)
        clock.advance(by: .seconds(1000))
        clock.reboot(as: "boot-1", uptime: .seconds(5))

        #expect(try rest(call) == Self.wait)
        clock.advance(by: .seconds(1200))
        #expect(try rest(call) == .zero)
    }

    @Test func `F52 I1 a call that left twice is watched, its documents are named once, and a person ends it`() throws {
        let call = Self.call("Despatch 1")
        #expect(try begin(call) == .clear)
        try ledger.write(.operators) { try $0.settle(call) }
        #expect(try ledger.read { try $0.watchedCalls(of: "despatches") }.isEmpty, "it left once")

        #expect(try begin(call) == .clear)
        clock.advance(by: Self.wait)
        #expect(try begin(call) == .clear)
        try ledger.write(.operators) { try $0.settle(call) }
        #expect(try ledger.read { try $0.watchedCalls(of: "despatches") } == [call])

        func report(_ documents: String) throws {
            try ledger.write(.operators) { try $0.report(doubled: call, flow: "f", documents: documents, now: clock.timeline.now()) }
        }
        try report("shipment 1, shipment 2")
        try report("shipment 1, shipment 2")
        let double = try #require(try ledger.read { try $0.doubledCalls() }.first)
        #expect(double.documents == "shipment 1, shipment 2")
        #expect(try ledger.write(.operators) { try $0.dealWith(doubled: double.id) })
        try report("shipment 1, shipment 2")
        #expect(try ledger.read { try $0.doubledCalls() }.isEmpty, "what was dealt with is not told again")
        try report("shipment 1, shipment 2, shipment 3")
        #expect(try ledger.read { try $0.doubledCalls() }.count == 1)
    }

    @Test func `a document of a person stands for one call`() throws {
        let (one, other) = (Self.call("Despatch 1"), Self.call("Despatch 2"))

        #expect(try ledger.write(.operators) { try $0.claim(document: 7, for: one) })
        #expect(try ledger.write(.operators) { try $0.claim(document: 7, for: one) })
        #expect(try !ledger.write(.operators) { try $0.claim(document: 7, for: other) })
        #expect(try ledger.read { try $0.claims(of: "despatches", about: "000000001") } == [7: "Despatch 1"])
    }

    @Test func `D6 F52 a ledger that takes another one's place knows its calls, its documents and its late values`() throws {
        let call = Self.call("Despatch 1")
        let copied = Self.call("Despatch 2", order: "000000002")
        #expect(try begin(copied) == .clear)
        let copy = "\(folder.path)/copy.db"
        try ledger.backUp(to: copy)
        #expect(try begin(call) == .clear)
        _ = try ledger.write(.operators) { writer in
            try writer.settle(copied)
            try writer.noteLateValues([RecordKey("A")], of: "stock", flow: "f", at: ForwardClock(clock.timeline))
            return try writer.claim(document: 7, for: copied)
        }
        let restored = try Ledger(path: copy)
        try ledger.read { before in try restored.write(.operators) { try $0.takeOverCalls(of: before) } }

        let (claims, isLate) = try restored.read {
            (try $0.claims(of: "despatches", about: "000000002"), try $0.isLateValue(RecordKey("A"), of: "stock"))
        }
        let answer = try restored.write(.operators) { writer in
            try writer.begin(call, flow: "f", wait: Self.wait, now: clock.timeline.now(), at: ForwardClock(clock.timeline))
        }
        guard case .blocked = answer else { return #expect(Bool(false), "the call was begun again") }
        #expect(claims == [7: "Despatch 2"] && isLate)
    }

    @Test func `D6 F52 where nobody knows what is under way, no call is begun before it can be over`() throws {
        try ledger.write(.operators) { try $0.awaitForgottenCalls(now: clock.timeline.now()) }

        guard case .blocked = try begin(Self.call("Despatch 1")), case .blocked = try begin(Self.call("Invoice 9", entity: "invoices", order: "9"))
        else {
            return #expect(Bool(false), "a call was begun")
        }
        clock.advance(by: Self.wait)
        #expect(try begin(Self.call("Despatch 1")) == .clear && begin(Self.call("Invoice 9", entity: "invoices", order: "9")) == .clear)
    }
}
