import Domain
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// A backup of the ledger every day, and an alarm where there is none.
struct BackupDeskTests {
    private let folder = TemporaryFolder()
    /// Saturday, 21 November 2026, noon.
    private let clock = ManualTimeline(now: UTCInstant(seconds: 1_795_262_400))
    private let ledger: Ledger

    init() throws { ledger = try Ledger(path: "\(folder.path)/ledger.db") }

    private var target: String { "\(folder.path)/backups" }

    private func desk(at minute: Int = 135, keep: Int = 3) -> BackupDesk {
        BackupDesk(plan: BackupPlan(minute: minute, keep: keep, folder: target), ledger: ledger, timeline: clock.timeline, zone: .utc)
    }

    private func names() -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: target)) ?? []).sorted() }

    private func alarms() throws -> [String] {
        var plan = WatchPlan(flows: [])
        plan.backsUp = true
        try AlarmDesk(ledger: ledger, timeline: clock.timeline) { nil }.look(plan)
        return try ledger.read { try $0.alarms() }.filter { $0.opened != nil }.map { "\($0.severity.rawValue) \($0.key.code.rawValue)" }
    }

    @Test func `a backup is written once a day, and one that was missed is made up for`() throws {
        #expect(try desk().writeDue() == "\(target)/ledger-2026-11-21.db")
        #expect(try desk().writeDue() == nil)
        clock.advance(by: .seconds(86_400 * 2))
        #expect(try desk().writeDue() == "\(target)/ledger-2026-11-23.db")
        _ = try Ledger(path: "\(target)/ledger-2026-11-23.db")
    }

    @Test func `before the time of the day the backup of the day before is the one that counts`() throws {
        let late = desk(at: 23 * 60)
        #expect(try late.writeDue() == "\(target)/ledger-2026-11-20.db")
        #expect(try late.writeDue() == nil)
        clock.advance(by: .seconds(11 * 3600))
        #expect(try late.writeDue() == "\(target)/ledger-2026-11-21.db")
    }

    @Test func `the oldest backups go after a new one is there, and nobody else's file is touched`() throws {
        try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        let others = ["ledger-2020-01-01.db.gz", "ledger-notes.db", "other-2020-01-01.db", "ledger-2020-01-01-x.db"]
        for name in others { _ = FileManager.default.createFile(atPath: "\(target)/\(name)", contents: Data("mine".utf8)) }
        for _ in 0..<5 {
            _ = try desk().writeDue()
            clock.advance(by: .seconds(86_400))
        }
        #expect(names().filter { !others.contains($0) } == ["ledger-2026-11-23.db", "ledger-2026-11-24.db", "ledger-2026-11-25.db"])
        #expect(Set(names()).isSuperset(of: others))
    }

    @Test func `a backup by hand does not take the place of the day's, and counts among those that are kept`() throws {
        _ = try desk(keep: 2).writeDue()
        #expect(try desk(keep: 2).writeNow() == "\(target)/ledger-2026-11-21-2.db")
        #expect(try desk(keep: 2).writeNow() == "\(target)/ledger-2026-11-21-3.db")
        #expect(names() == ["ledger-2026-11-21-2.db", "ledger-2026-11-21-3.db"])
        // The day has its backups, although the first of them is not kept any more.
        #expect(try desk(keep: 2).writeDue() == nil)
    }

    @Test func `a backup that fails deletes nothing, is an alarm after a day that says why, and ends with the next that succeeds`() throws {
        #expect(try alarms() == [])
        _ = try desk().writeDue()
        clock.advance(by: .seconds(86_400))
        // The folder cannot be written: a file has its name.
        try FileManager.default.moveItem(atPath: target, toPath: target + ".away")
        _ = FileManager.default.createFile(atPath: target, contents: Data())
        let refused = #expect(throws: Diagnostic.self) { _ = try desk().writeDue() }
        #expect(refused?.code == "BACKUP-FAILED")
        #expect(try alarms() == [])
        clock.advance(by: .seconds(3 * 3600))
        #expect(try alarms() == ["amber BACKUP-OVERDUE"])
        #expect(try ledger.read { try $0.alarms() }.first?.text.contains("BACKUP-FAILED") == true)
        clock.advance(by: .seconds(2 * 86_400))
        #expect(try alarms() == ["red BACKUP-OVERDUE"])

        try FileManager.default.removeItem(atPath: target)
        try FileManager.default.moveItem(atPath: target + ".away", toPath: target)
        _ = try desk().writeDue()
        #expect(try alarms() == [])
        #expect(names().count == 2)
    }

    @Test func `where no backup was ever written the alarm counts from when one was first asked for`() throws {
        #expect(try alarms() == [])
        clock.advance(by: .seconds(27 * 3600))
        #expect(try alarms() == ["amber BACKUP-OVERDUE"])
    }
}
