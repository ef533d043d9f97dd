import Dispatch
import Domain
import Foundation
import Glibc
import GRDB
import Synchronization
import TestKit
import Testing

@testable import StateStore

/// Several processes at one ledger. What other databases answer with serialization failures and deadlocks cannot happen here: whoever means to write says
/// so at the beginning of his transaction.
struct LedgerContentionTests {
    /// Another program with a transaction open on the ledger, until it is told or killed.
    private static func other(at path: String, doing statements: String) throws -> ChildProcess {
        let script = """
            import sqlite3, sys
            ledger = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
            \(statements)
            print("holding", flush=True)
            sys.stdin.read()
            """
        let process = try ChildProcess(["python3", "-u", "-c", script, path])
        try #require(process.output { $0.contains("holding\n") }, "\(process.log)")
        return process
    }

    @Test func `F86 transactions of several connections that count on what they read are done one after the other, and none is lost`() throws {
        let fixture = try LedgerFixture()
        let refused = Mutex<[String]>([])
        let (writers, each) = (4, 25)

        DispatchQueue.concurrentPerform(iterations: writers) { _ in
            do {
                let ledger = try Ledger(path: fixture.ledger.path)
                for _ in 0..<each {
                    try ledger.write { writer in
                        let count = try writer.reader.memory(flow: "stock", name: "count").flatMap { Int($0) } ?? 0
                        try writer.remember(flow: "stock", name: "count", value: String(count + 1))
                    }
                }
            } catch {
                refused.withLock { $0.append("\(error)") }
            }
        }

        #expect(refused.withLock { $0 } == [])
        #expect(try fixture.ledger.read { try $0.memory(flow: "stock", name: "count") } == String(writers * each))
    }

    /// Its pages are in the log by then: what a reader takes from there ends at the last commit.
    @Test func `F86 a process that is killed within its transaction leaves nothing of it and holds nobody up`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write { try $0.remember(flow: "stock", name: "a", value: "before") }
        let log = fixture.ledger.path + "-wal"
        let before = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0
        let other = try Self.other(
            at: fixture.ledger.path,
            doing: """
                ledger.execute("PRAGMA cache_size = 1")
                ledger.execute("BEGIN IMMEDIATE")
                ledger.execute("UPDATE memory SET value = 'within'")
                for n in range(2000): ledger.execute("INSERT INTO memory (flow, name, value) VALUES ('other', ?, ?)", (str(n), "x" * 500))
                """)
        let spilled = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int ?? 0

        let busy = #expect(throws: Diagnostic.self) { try fixture.ledger.write { try $0.remember(flow: "stock", name: "a", value: "early") } }
        kill(other.id, SIGKILL)
        other.waitForExit()
        try fixture.ledger.write { try $0.remember(flow: "stock", name: "b", value: "after") }

        #expect(spilled > before + 500_000 && busy?.code == "LEDGER-BUSY")
        #expect(try fixture.ledger.read { try $0.memory(flow: "stock", name: "a") } == "before")
        #expect(try fixture.ledger.read { try $0.memory(flow: "other", name: "0") } == nil)
        #expect(try fixture.ledger.checkIntegrity() == [])
    }

    @Test func `F86 a reader that idles in its transaction keeps nobody from writing, and sees what was`() throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.write { try $0.remember(flow: "stock", name: "a", value: "before") }
        let idle = try Self.other(
            at: fixture.ledger.path,
            doing: """
                import atexit
                ask = lambda: ledger.execute("SELECT value FROM memory WHERE name = 'a'").fetchone()[0]
                ledger.execute("BEGIN")
                print("sees", ask(), flush=True)
                atexit.register(lambda: print("still sees", ask(), flush=True))
                """)

        for number in 1...20 { try fixture.ledger.write { try $0.remember(flow: "stock", name: "a", value: String(number)) } }
        idle.closeInput()
        idle.waitForExit()

        #expect(idle.log.contains("sees before\n") && idle.log.contains("still sees before\n"), "\(idle.log)")
        #expect(try fixture.ledger.read { try $0.memory(flow: "stock", name: "a") } == "20")
    }
}
