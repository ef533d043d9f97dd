import Foundation
import Glibc
import MagentoSandbox
import Testing

/// SIGKILL at every crossing of the boundary while a cancellation leaves, then again in the recovery: the ERP gets it once.
@Suite(.enabled(if: Python.isPresent, "python3 reads the ledgers"))
struct CancellationKillTests {
    private typealias World = CancellationInstallation

    private struct EndState: Equatable, Sendable {
        var rows: [String]
        var files: [String]
        var unbalanced: [String]
    }

    private static func prepared(_ body: (Installation) async throws -> Void) async throws {
        try await World.with { installation in
            let left = try await installation.tallyman("run", "orders")
            #expect(left.exit == 0, "\(left.all)")
            World.post("orders/1/cancel", in: installation)
            World.post("order/2/invoice", #"{"items":[{"order_item_id":3,"qty":1}]}"#, in: installation)
            World.post("orders/2/cancel", in: installation)
            try await body(installation)
        }
    }

    private static func rest(_ installation: Installation) async throws -> EndState {
        var last = try await installation.tallyman("run", "off")
        for _ in 0..<5 where last.exit == 75 { last = try await installation.tallyman("run", "off") }
        let idle = try await installation.tallyman("run", "off")
        #expect(idle.exit == 0, "\(last.all)\(idle.all)")
        let books = try await LedgerDump.rows(of: [LedgerDump.unbalanced], in: "\(installation.folder)/state/ledger.db")
        return EndState(rows: World.rows(in: installation), files: installation.names(in: "erp/off"), unbalanced: books[0])
    }

    @Test(.timeLimit(.minutes(20)))
    func `kill -9 at any point leaves every cancellation in the ERP's folder once`() async throws {
        let expected = EndState(
            rows: World.whole + ["000000002 000000002 part A 1 1", "000000002 000000002 part B 3 0"], files: ["CAN_000001.csv"], unbalanced: [])
        var count = 0
        try await Self.prepared { installation in
            try installation.write("", to: "crossings")
            let run = try await installation.tallyman("run", "off", adding: ["TALLYMAN_CROSSINGS": "\(installation.folder)/crossings"])
            #expect(run.exit == 0, "\(run.all)")
            let text = String(decoding: FileManager.default.contents(atPath: "\(installation.folder)/crossings") ?? Data(), as: UTF8.self)
            count = text.split(separator: "\n").count
            #expect(try await Self.rest(installation) == expected)
        }
        #expect(count > 10)

        let points = count
        let differing = try await withThrowingTaskGroup(of: String?.self) { group in
            var next = 1
            var found: [String] = []
            func add() {
                guard next <= points else { return }
                let point = next
                next += 1
                group.addTask {
                    var end: EndState?
                    try await Self.prepared { installation in
                        let run = try await installation.tallyman("run", "off", adding: ["TALLYMAN_STOP_AT": "\(point)"])
                        #expect(run.status == .signal(SIGKILL), "crossing \(point): \(run.all)")
                        _ = try await installation.tallyman("run", "off", adding: ["TALLYMAN_STOP_AT": "\(point % 9 + 3)"])
                        end = try await Self.rest(installation)
                    }
                    return end == expected ? nil : "killed at \(point): \(String(describing: end))"
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
        print("kill -9 of a cancellation: \(points) points, \(differing.count) differ in the end")
    }
}
