import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Reliability G1 with real processes: SIGKILL at every crossing of the boundary, then start again and run to rest.
@Suite(.enabled(if: Python.isPresent, "python3 reads the ledgers"))
struct KillTests {
    private static let count = 240

    /// A shop that has most of the products, and takes batches of 200 rows.
    private static let state: ShopState = {
        var state = ShopState.empty
        for number in 0..<count { state.catalogue.add(sku: sku(number)) }
        return state
    }()

    private static func sku(_ number: Int) -> String { "K-\(number)" }

    private static let settings: SettingsText = {
        var settings = SettingsText()
        settings.profile = SettingsText.deltaProfile
        settings.gates = "{rejected: 100%, unknown: 100%, header: allow}"
        return settings
    }()

    /// What is there before the first kill: one file that was applied. Then three more wait: several batches of changes; bad
    /// rows, an unknown product and rows that share a key; and one that changes little.
    private static func fill(_ installation: Installation) async throws {
        try installation.drop("1.csv", (0..<count - 6).map { Installation.line(sku($0), "7") }, minute: 1)
        let first = try await installation.tallyman("run", "stock")
        #expect(first.exit == 0, "\(first.all)")
        try installation.drop("2.csv", (0..<count).map { Installation.line(sku($0), "\($0 + 10)") }, minute: 2)
        try installation.drop(
            "3.csv",
            [
                Installation.line(sku(1), "x"), Installation.line(sku(2), "5"), Installation.line(sku(2), "6", warehouse: "NCL"),
                Installation.line("GHOST", "1"), Installation.line(sku(3), "13"), Installation.line(sku(4), "4", warehouse: "???"),
            ],
            minute: 3
        )
        try installation.drop("4.csv", [Installation.line(sku(2), "8"), Installation.line(sku(5), "15")], minute: 4)
    }

    /// Everything a user could look at.
    private struct EndState: Equatable, Sendable {
        var ledger: [[String]]
        var unbalanced: [String]
        var integrity: [String]
        var sourceItems: [String]
        var commits: [String]
        var inbox: [String]
        var archive: [String]
    }

    private static func rest(_ installation: Installation) async throws -> EndState {
        let last = try await installation.runToRest()
        // One more finds nothing to do.
        let idle = try await installation.tallyman("run", "stock")
        #expect(idle.exit == 0, "\(last.all)\(idle.all)")
        let rows = try await LedgerDump.rows(
            of: [LedgerDump.unbalanced, LedgerDump.integrity] + LedgerDump.restQueries,
            in: "\(installation.folder)/state/ledger.db"
        )
        let items = installation.shop.withState { $0.sourceItems.rows }
            .map { "\($0.sku)@\($0.source)=\($0.quantity.number) \($0.isInStock)" }.sorted()
        return EndState(
            ledger: Array(rows.dropFirst(2)), unbalanced: rows[0], integrity: rows[1], sourceItems: items,
            commits: installation.commits.sorted(), inbox: installation.names(in: "erp/out"),
            archive: installation.names(in: "erp/archive")
        )
    }

    @Test(.timeLimit(.minutes(20)))
    func `F75 F76 kill -9 at any of a hundred points and more changes nothing in the end (G1, G2, G3, D1)`() async throws {
        try await Installation.with(Self.state, settings: Self.settings) { original in
            try await Self.fill(original)
            let before = original.shop.withState { $0 }
            let (crossings, expected) = try await Self.undisturbed(before, original.folder)
            #expect(crossings.count >= 100)
            #expect(expected.unbalanced.isEmpty)
            #expect(expected.ledger[1].count == 3, "three rejected records wait: \(expected.ledger[1])")

            let differing = try await withThrowingTaskGroup(of: String?.self) { group in
                var next = 1
                var found: [String] = []
                func add() {
                    guard next <= crossings.count else { return }
                    let point = next
                    next += 1
                    group.addTask {
                        let end = try await Self.killed(at: point, before, original.folder)
                        return end == expected ? nil : "killed at \(crossings[point - 1]): \(Self.difference(expected, end))"
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
            print("kill -9: \(crossings.count) points, \(differing.count) differ in the end")
        }
    }

    /// A few points always; `TALLYMAN_KILLS=100` makes it a hundred. Which batch comes to which point is chance, so a run may be over before
    /// its point; most are not.
    @Test(.timeLimit(.minutes(20)))
    func `F75 F76 kill -9 with four batches under way changes nothing in the end (G1, G2, G3)`() async throws {
        var settings = Self.settings
        settings.shopLines = ["concurrency: 4", "pace: full", "batch: 10"]
        let inFlight = settings
        let wanted = ProcessInfo.processInfo.environment["TALLYMAN_KILLS"].flatMap(Int.init) ?? 3
        try await Installation.with(Self.state, settings: inFlight) { original in
            try await Self.fill(original)
            let before = original.shop.withState { $0 }
            let (crossings, expected) = try await Self.undisturbed(before, original.folder, inFlight)
            #expect(expected.unbalanced.isEmpty)
            #expect(expected.sourceItems.contains("\(Self.sku(7))@main=17 true"))

            var killed = 0
            for number in 0..<wanted {
                let point = crossings.count / 5 + number * (crossings.count * 3 / 5) / wanted
                let (end, kills) = try await Self.killedSomewhere(about: point, before, original.folder, inFlight)
                killed += kills
                #expect(end == expected, "killed at \(point) of \(crossings.count): \(Self.difference(expected, end))")
            }
            #expect(killed > wanted, "\(killed) kills")
            print("kill -9 with four batches under way: \(killed) kills at \(wanted) points")
        }
    }

    /// Kills a run and its recovery, where they come as far.
    private static func killedSomewhere(
        about point: Int, _ state: ShopState, _ folder: String, _ settings: SettingsText
    ) async throws -> (EndState, kills: Int) {
        try await Installation.with(state, settings: settings, copyOf: folder) { installation in
            var kills = 0
            for stop in [point, point % 23 + 5] {
                let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(stop)"])
                if run.status == .signal(SIGKILL) { kills += 1 }
            }
            return (try await rest(installation), kills)
        }
    }

    /// The crossings of a run that nobody stops, and its end.
    private static func undisturbed(
        _ state: ShopState, _ folder: String, _ settings: SettingsText = settings
    ) async throws -> ([String], EndState) {
        try await Installation.with(state, settings: settings, copyOf: folder) { installation in
            let listing = "\(installation.folder)/crossings"
            try installation.write("", to: "crossings")
            let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_CROSSINGS": listing])
            #expect(run.exit == 3, "\(run.all)")
            let crossings = String(decoding: FileManager.default.contents(atPath: listing) ?? Data(), as: UTF8.self)
            return (crossings.split(separator: "\n").map(String.init), try await rest(installation))
        }
    }

    private static func killed(at point: Int, _ state: ShopState, _ folder: String) async throws -> EndState {
        try await Installation.with(state, settings: settings, copyOf: folder) { installation in
            let run = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(point)"])
            #expect(run.status == .signal(SIGKILL), "crossing \(point): \(run.all)")
            // The recovery is killed too, early on.
            let again = try await installation.tallyman("run", "stock", adding: ["TALLYMAN_STOP_AT": "\(point % 11 + 3)"])
            #expect(again.status == .signal(SIGKILL), "recovery of crossing \(point): \(again.all)")
            return try await rest(installation)
        }
    }

    private static func difference(_ expected: EndState, _ found: EndState) -> String {
        let pairs: [(String, [String], [String])] =
            [
                ("unbalanced", expected.unbalanced, found.unbalanced), ("integrity", expected.integrity, found.integrity),
                ("shop", expected.sourceItems, found.sourceItems), ("commits", expected.commits, found.commits),
                ("inbox", expected.inbox, found.inbox), ("archive", expected.archive, found.archive),
            ] + zip(expected.ledger, found.ledger).enumerated().map { ("query \($0)", $1.0, $1.1) }
        return pairs.filter { $0.1 != $0.2 }.map { name, expected, found in
            let gone = expected.filter { !found.contains($0) }.prefix(3)
            let new = found.filter { !expected.contains($0) }.prefix(3)
            return "\(name) lacks \(Array(gone)), has \(Array(new)), \(expected.count) became \(found.count)"
        }.joined(separator: "; ")
    }
}
