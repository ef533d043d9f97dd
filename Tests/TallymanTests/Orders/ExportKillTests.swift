import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Reliability G1 for the way out, with real processes: SIGKILL at every crossing of the boundary, then again early in the recovery, then
/// run to rest. Each order must be in the ERP's folder once, in the same files as if nothing had happened.
@Suite(.enabled(if: Python.isPresent, "python3 reads the ledgers"))
struct ExportKillTests {
    private static func state() throws -> ShopState {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku)
            state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(500), isInStock: true)
        }
        for number in 1...7 {
            var draft = OrderDraft([.init(number % 2 == 0 ? "A" : "B", Quantity(Int64(number)), price: Money(Int64(number)))])
            draft.incrementID = "00000010\(number)"
            // One that waits for payment, one with a payment method that has no code.
            if number == 3 { draft.state = .pendingPayment }
            if number == 5 { draft.payment.method = "barter" }
            try state.place(draft, now: 1_795_224_000)
        }
        return state
    }

    private static func settings(_ installation: Installation) -> String {
        """
        \(installation.settingsHead)
        flows:
          orders:
            push: {endpoint: erp, folder: in, name: "ORD_{batch}.csv", done: "{name}.done", batch: 3, acknowledge: {file: "in/{name}.ack", within: 1h}}
            profile: generic/orders
            select: {states: {"*": new}}
            orders: {payment: {checkmo: BACS}, accounts: {"*": WEB}}

        """
    }

    private static func prepare(_ installation: Installation) throws {
        try FileManager.default.createDirectory(atPath: "\(installation.folder)/erp/in", withIntermediateDirectories: true)
        try installation.write(settings(installation), to: "tallyman.yaml")
    }

    private struct EndState: Equatable, Sendable {
        var files: [String: String]
        var ledger: [[String]]
        var unbalanced: [String]
        var integrity: [String]
    }

    private static let queries = [
        "SELECT identity, standing FROM outbox ORDER BY identity",
        "SELECT sequence, name, documents, state FROM consignment ORDER BY sequence",
        "SELECT key, code, queue FROM record_outcome ORDER BY key, code",
        "SELECT sum(applied), sum(rejected), sum(deferred) FROM tally",
    ]

    private static func rest(_ installation: Installation) async throws -> EndState {
        var last = try await installation.tallyman("run", "orders")
        for _ in 0..<5 where last.exit == 75 { last = try await installation.tallyman("run", "orders") }
        let idle = try await installation.tallyman("run", "orders")
        #expect(idle.exit == 0, "\(last.all)\(idle.all)")
        let rows = try await LedgerDump.rows(
            of: [LedgerDump.unbalanced, LedgerDump.integrity] + queries, in: "\(installation.folder)/state/ledger.db")
        var files: [String: String] = [:]
        for name in installation.names(in: "erp/in") {
            files[name] = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/erp/in/\(name)") ?? Data(), as: UTF8.self)
        }
        return EndState(files: files, ledger: Array(rows.dropFirst(2)), unbalanced: rows[0], integrity: rows[1])
    }

    @Test(.timeLimit(.minutes(20)))
    func `D1 D3 D4 D5 F76 kill -9 at any point of an export leaves every order in the inbox once (G1, G2)`() async throws {
        let state = try Self.state()
        let (crossings, expected) = try await Self.undisturbed(state)
        #expect(expected.unbalanced.isEmpty)
        #expect(expected.files.keys.sorted() == ["ORD_000001.csv", "ORD_000001.csv.done", "ORD_000002.csv", "ORD_000002.csv.done"])
        #expect(expected.ledger[0].count == 7)

        let differing = try await withThrowingTaskGroup(of: String?.self) { group in
            var next = 1
            var found: [String] = []
            func add() {
                guard next <= crossings.count else { return }
                let point = next
                next += 1
                group.addTask {
                    let end = try await Self.killed(at: point, state)
                    return end == expected ? nil : "killed at \(crossings[point - 1]): \(end) instead of \(expected)"
                }
            }
            for _ in 0..<4 { add() }
            while let result = try await group.next() {
                if let result { found.append(result) }
                add()
            }
            return found
        }

        #expect(differing.isEmpty, "\(differing.joined(separator: "\n"))")
        print("kill -9 of an export: \(crossings.count) points, \(differing.count) differ in the end")
    }

    private static func undisturbed(_ state: ShopState) async throws -> ([String], EndState) {
        try await Installation.with(state) { installation in
            try prepare(installation)
            let listing = "\(installation.folder)/crossings"
            try installation.write("", to: "crossings")
            let run = try await installation.tallyman("run", "orders", adding: ["TALLYMAN_CROSSINGS": listing])
            #expect(run.exit == 3, "\(run.all)")
            let crossings = String(decoding: FileManager.default.contents(atPath: listing) ?? Data(), as: UTF8.self)
            return (crossings.split(separator: "\n").map(String.init), try await rest(installation))
        }
    }

    private static func killed(at point: Int, _ state: ShopState) async throws -> EndState {
        try await Installation.with(state) { installation in
            try prepare(installation)
            let run = try await installation.tallyman("run", "orders", adding: ["TALLYMAN_STOP_AT": "\(point)"])
            #expect(run.status == .signal(SIGKILL), "crossing \(point): \(run.all)")
            // The recovery is killed too, early on.
            let again = try await installation.tallyman("run", "orders", adding: ["TALLYMAN_STOP_AT": "\(point % 9 + 3)"])
            #expect(again.status == .signal(SIGKILL), "recovery of crossing \(point): \(again.all)")
            return try await rest(installation)
        }
    }
}
