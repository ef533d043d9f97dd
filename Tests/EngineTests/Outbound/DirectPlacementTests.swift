import Domain
import Endpoints
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// Servers that rename nothing, and gateways that take a file away as it is closed.
struct DirectPlacementTests {
    private final class Orders: DocumentSource, Sendable {
        private static let seen = DocumentSighting(
            place: 1, identity: RecordKey("100"), modified: UTCInstant(seconds: 1_795_230_000), readiness: .ready)

        func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
            try await visit([Self.seen])
            return UTCInstant(seconds: 1_795_230_100)
        }

        func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
            places.map { _ in OutboundDocument(observation: Self.seen, content: Array("100".utf8)) }
        }
    }

    private func names(_ inbox: InboxEndpoint) -> [String] { inbox.delivered.map(\.name).sorted() }

    @Test func `without renames a file stands under its final name and its done file behind it, once`() async throws {
        let world = try OutboundWorld()
        let inbox = InboxEndpoint()
        inbox.state.withLock { $0.refusesRenames = true }
        let flow = try world.flow("orders", inbox, Orders(), done: true, renames: false)

        let first = try await world.runner().run(flow, cause: "schedule")
        let second = try await world.runner().run(flow, cause: "schedule")

        #expect(first.runs.map(\.run.state) == [.finished] && second.runs.isEmpty)
        #expect(names(inbox) == ["in/ORD_000001.csv", "in/ORD_000001.csv.done"])
        #expect(inbox.state.withLock { $0.changes } == 2)
    }

    @Test(arguments: InboxEndpoint.Fault.allCases.filter { $0 != .bothNames }, 1...2)
    func `without renames a fault at any step ends with one whole file and one done file`(_ fault: InboxEndpoint.Fault, at step: Int) async throws {
        let world = try OutboundWorld()
        let inbox = InboxEndpoint()
        inbox.state.withLock { state in
            state.refusesRenames = true
            state.faults = [step: fault]
        }
        let flow = try world.flow("orders", inbox, Orders(), done: true, renames: false)

        for _ in 0..<4 { _ = try? await world.runner().run(flow, cause: "schedule") }

        #expect(names(inbox) == ["in/ORD_000001.csv", "in/ORD_000001.csv.done"])
        #expect(OutboundWorld.numbers(in: inbox.delivered).numbers == ["100"])
        #expect(OutboundWorld.numbers(in: inbox.delivered).faults == [])
        #expect(try world.ledger.read { try $0.unbalancedRuns() }.isEmpty)
    }

    @Test func `without renames somebody else's file under our name is never touched`() async throws {
        let world = try OutboundWorld()
        let inbox = InboxEndpoint()
        inbox.state.withLock { $0.files["in/ORD_000001.csv"] = Array("theirs".utf8) }
        let flow = try world.flow("orders", inbox, Orders(), done: true, renames: false)

        let report = try? await world.runner().run(flow, cause: "schedule")

        #expect(report?.runs.first?.trouble?.code == "CONSIGNMENT-CONFLICT" || report?.trouble?.code == "CONSIGNMENT-CONFLICT")
        #expect(inbox.state.withLock { $0.files["in/ORD_000001.csv"] } == Array("theirs".utf8))
    }

    @Test(arguments: [true, false])
    func `a gateway that takes a file as it is closed gets it once, whether it renames or not`(_ renames: Bool) async throws {
        let world = try OutboundWorld()
        let inbox = InboxEndpoint()
        inbox.state.withLock { $0.takesClosed = true }
        let flow = try world.flow("orders", inbox, Orders(), done: !renames, renames: renames)

        let first = try await world.runner().run(flow, cause: "schedule")
        for _ in 0..<3 { _ = try await world.runner().run(flow, cause: "schedule") }

        #expect(first.runs.map(\.run.state) == [.finished])
        #expect(inbox.state.withLock { $0.taken.filter { $0.name.contains(".csv") && !$0.name.contains(".done") }.count } == 1)
    }
}
