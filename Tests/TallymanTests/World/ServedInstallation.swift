import Foundation
import Glibc
import MagentoSandbox
import StateStore
import TestKit
import Testing

/// What a test needs of a program that serves: a slot that is due at once, and waiting for what it says.
extension Installation {
    /// A schedule that no test waits for; `makeDue` makes a slot of it due.
    static let hourly = ["schedule: \"every 1h\""]

    /// The flow's last slots passed while nobody served: the next service makes up for one at once.
    func makeDue(_ flow: String = "stock", schedule: String = "every 1h") async throws {
        _ = try await tallyman("status")
        let script = """
            import sqlite3, sys, time
            db = sqlite3.connect(sys.argv[1])
            through = int((time.time() - 3 * 3600) * 1000)
            db.execute('INSERT OR REPLACE INTO slot_cursor (flow, through, schedule) VALUES (?, ?, ?)', (sys.argv[2], through, sys.argv[3]))
            db.commit()
            """
        _ = try await Python.run(script, ["\(folder)/state/ledger.db", flow, schedule])
    }

    /// Makes what was read of a kind older, as if the time had passed.
    func age(_ kind: String, by seconds: Int) async throws {
        let script =
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('UPDATE reading SET at = at - ? WHERE kind = ?', (int(sys.argv[3]) * 1000, sys.argv[2])); db.commit()"
        _ = try await Python.run(script, ["\(folder)/state/ledger.db", kind, "\(seconds)"])
    }

    /// Makes the first run one of two days ago, as in an installation that is not of today.
    func beOlder() async throws {
        let script = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1])
            db.execute('UPDATE run SET started = started - 172800000 WHERE id = 1')
            db.commit()
            """
        _ = try await Python.run(script, ["\(folder)/state/ledger.db"])
    }

    func query(_ sql: String) async throws -> [String] {
        try await LedgerDump.rows(of: [sql], in: "\(folder)/state/ledger.db").first ?? []
    }

    struct NeverSaid: Error {
        var text: String
        var log: String
    }

    /// Waits until the program's standard output has `text`.
    func wait(for text: String, from program: Program.Started) async throws {
        for _ in 0..<3000 {
            if Self.text(of: program).contains(text) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverSaid(text: text, log: Self.text(of: program))
    }

    /// Waits until the program has ended or its standard output has `text`.
    func wait(forEndOf program: Program.Started, or text: String) async throws {
        for _ in 0..<3000 {
            if program.end.hasEnded || Self.text(of: program).contains(text) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverSaid(text: text, log: Self.text(of: program))
    }

    static func text(of program: Program.Started) -> String {
        String(decoding: FileManager.default.contents(atPath: program.log + ".out") ?? Data(), as: UTF8.self)
    }

    /// Stops a program where it is, but not within a commit: whoever is stopped there keeps everybody out of the ledger.
    func pause(_ program: Program.Started) async throws {
        for _ in 0..<100 {
            program.end.signal(SIGSTOP)
            if isLedgerFree() { return }
            program.end.signal(SIGCONT)
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NeverSaid(text: "a moment without a commit", log: Self.text(of: program))
    }

    func isLedgerFree() -> Bool {
        (try? Ledger(path: "\(folder)/state/ledger.db", busyTimeout: .milliseconds(50)).write(.operators) { _ in }) != nil
    }

    /// Ends a program in order and answers how long that took.
    func end(_ program: Program.Started) async -> (ending: Program.Ending, took: Duration) {
        let start = ContinuousClock.now
        program.end.signal(SIGTERM)
        let ending = await program.ending()
        return (ending, ContinuousClock.now - start)
    }

    func dropTen(minute: Int = 1) throws {
        try drop("one.csv", "ABCDEFGHIJ".map { Self.line(String($0), "8") }, minute: minute)
    }
}
