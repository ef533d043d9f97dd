import Domain
import StateStore
import TestKit
import Testing

@testable import Reports

/// Which outcomes are told to whom, and how often (I1, I2, requirement on quiet when asked).
struct OutcomeDeskTests {
    @Test func `trouble is told, once, and good news after it`() throws {
        let world = try OutcomeWorld()

        try world.run(.finished, applied: 5)
        #expect(try world.desk().tell() == 0)
        try world.run(.failed, verdict: "the file was cut off")
        #expect(try world.desk().tell() == 1)
        #expect(try world.desk().tell() == 0)
        try world.run(.finished, applied: 5)
        #expect(try world.desk().tell() == 1)
        try world.run(.finished, applied: 5)
        #expect(try world.desk().tell() == 0)

        #expect(try world.mails.map(\.subject).map { $0.prefix(8) } == ["[FAILED]", "[OK] Sto"])
        #expect(try world.mails.last?.text.contains("In-Reply-To: <run2.failed.") == true)
    }

    @Test func `the same trouble is not told every quarter of an hour; the next mail says how often it came`() throws {
        let world = try OutcomeWorld()
        for hour in 0..<6 {
            for quarter in 0..<4 {
                try world.run(.finished, unchanged: 9, rejected: [OutcomeWorld.unknown], verdict: "run \(hour) \(quarter)")
                _ = try world.desk().tell()
            }
        }

        let mails = try world.mails

        #expect(mails.count == 2)
        #expect(mails.last?.text.contains("The same happened 15 times since the last mail.") == true)
    }

    @Test func `other trouble is told at once`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, unchanged: 9, rejected: [OutcomeWorld.unknown])
        _ = try world.desk().tell()
        try world.run(.finished, unchanged: 9, rejected: [OutcomeWorld.unknown, OutcomeWorld.number])

        #expect(try world.desk().tell() == 1)
    }

    @Test func `a held run is told when it is held, and again when it came out`() throws {
        let world = try OutcomeWorld()
        let run = try world.run(.held, deferred: 3, findings: [GateFinding(gate: "row_drop", text: "fewer rows")])
        #expect(try world.desk().tell() == 1)

        try world.ledger.write { writer in
            try writer.settleRest(of: run, as: .superseded, because: "discarded by ann", now: world.clock.timeline.now())
            try writer.set(run: run, to: .discarded, verdict: "discarded by ann", at: world.clock.timeline.now())
        }

        #expect(try world.desk().tell() == 1)
        #expect(try world.mails.map(\.subject).map { $0.prefix(8) } == ["[ACTION]", "[OK] Sto"])
    }

    @Test(arguments: [(ReportPolicy.Occasion.always, 2), (.changes, 1), (.problems, 0)])
    func `quiet runs are told as the flow asks`(_ context: ReportPolicy.Occasion, _ expected: Int) throws {
        let world = try OutcomeWorld()
        try world.run(.finished, applied: 5)
        try world.run(.finished, unchanged: 5)

        #expect(try world.desk(context).tell() == expected)
    }

    @Test func `what ended days ago is history when mail is set up`() throws {
        let world = try OutcomeWorld()
        try world.run(.failed, verdict: "long ago")
        world.clock.advance(by: .seconds(5 * 86_400))

        #expect(try world.desk().tell() == 0)
    }

    @Test func `rejected records of products are sent along; those of people are not, nor their values`() throws {
        let file = MailMessage.Attachment(name: "stock-run1_rejects.csv", content: Array("secret".utf8))
        let open = try OutcomeWorld()
        let closed = try OutcomeWorld()
        for world in [open, closed] { try world.run(.finished, rejected: [OutcomeWorld.unknown, OutcomeWorld.number]) }

        _ = try open.desk(rejectFile: file).tell()
        _ = try closed.desk(isPersonal: true, rejectFile: file).tell()

        #expect(try open.mails[0].text.contains("stock-run1_rejects.csv") && open.mails[0].text.contains("00472"))
        #expect(try !closed.mails[0].text.contains("stock-run1_rejects.csv") && !closed.mails[0].text.contains("00472"))
        #expect(try closed.mails[0].text.contains("SKU-UNKNOWN"))
    }

    @Test func `S29 a flow whose columns tell of people sends no values and no file, whatever it feeds`() throws {
        let file = MailMessage.Attachment(name: "stock-run1_rejects.csv", content: Array("secret".utf8))
        let world = try OutcomeWorld()
        try world.run(.finished, rejected: [OutcomeWorld.unknown])

        _ = try world.desk(personalFlows: ["stock"], rejectFile: file).tell()

        #expect(try !world.mails[0].text.contains("rejects.csv") && !world.mails[0].text.contains("00472"))
        #expect(try world.mails[0].text.contains("SKU-UNKNOWN"))
    }

    @Test func `a reject file too large for a mailbox stays where it is, and the mail says so`() throws {
        let world = try OutcomeWorld()
        try world.run(.finished, rejected: [OutcomeWorld.unknown])

        _ = try world.desk(rejectFile: .init(name: "big_rejects.csv", content: [UInt8](repeating: 65, count: 2 << 20))).tell()

        #expect(try world.mails[0].text.utf8.count < 20_000)
        #expect(try world.mails[0].text.contains("big_rejects.csv"))
    }
}
