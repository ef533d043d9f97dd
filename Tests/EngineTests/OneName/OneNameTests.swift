import Domain
import Endpoints
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// A sender with one single name, and a process that is stopped at every crossing of its boundary: no file is lost, none is taken twice.
struct OneNameTests {
    /// Files that are written in each case; `TALLYMAN_HISTORIES` makes it more.
    private static let count = ProcessInfo.processInfo.environment["TALLYMAN_HISTORIES"].flatMap { Int($0) } ?? 80

    private struct Stopped: Error {}

    enum Place: String, CaseIterable, Sendable { case local, sftp }

    enum Then: String, CaseIterable, Sendable {
        case leave, delete, keep, stamped

        func policy(_ archive: String) -> AfterReading {
            switch self {
            case .leave: .leave
            case .delete: .delete
            case .keep: .move(folder: archive, naming: .keep)
            case .stamped: .move(folder: archive, naming: .stamped)
            }
        }
    }

    @Test(arguments: Place.allCases, Then.allCases)
    func `F14 F29 F76 B7 of a sender with one name no file is lost and none is taken twice, stopped at every crossing`(
        _ place: Place, _ then: Then
    ) async throws {
        let world = try await World.at(place == .sftp ? try SSHServer.shared.get() : nil)
        let clock = Mutex(1_795_230_000)
        // Left at a server, a file is known by size and time alone.
        let isTimeSteady = !(place == .sftp && then == .leave)
        let sender = Sender(
            folder: "\(world.erp)/out",
            manners: then == .leave ? [.renamesOver, .writesOver] : [.patient, .patient, .patient, .patient, .renamesOver, .writesOver],
            limit: Self.count, seed: 7
        ) {
            clock.withLock { clock in
                if !isTimeSteady { clock += 1 }
                return clock
            }
        }
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        knobs.after = then.policy(world.archive)
        knobs.gates = .open

        var point = 0
        while !sender.isDone {
            point += 1
            // The sender acts at a crossing of its own, and the process stops at every one in turn; each second call runs to its end, or a
            // file over which three in a row end would be set aside (B9).
            let (stop, turn) = (point % 2 == 0 ? 0 : point % 67 + 1, point % 71 + 1)
            let passed = Mutex(0)
            let boundary = Boundary { _, _ in
                let number = passed.withLock { passed in
                    passed += 1
                    return passed
                }
                if number == turn { sender.act() }
                if number == stop { throw Stopped() }
            }
            _ = try? await world.run(knobs, boundary: boundary)
            if point % 2 == 0 { sender.act() }
            world.clock.advance(by: .seconds(60))
            if then == .keep { world.emptyArchive() }
        }
        for _ in 0..<6 {
            world.clock.advance(by: .seconds(60))
            if then == .keep { world.emptyArchive() }
            _ = try await world.run(knobs)
        }

        let replaced = sender.replaced
        let values = await world.shop.quantities
        let lost = (0..<sender.written).filter { !replaced.contains($0) && values["\(Sender.sku($0)) main"] != 1 }
        let twice = try (0..<sender.written).filter { number in
            try world.ledger().read { try $0.deliveries(hash: ContentHash(of: Sender.content(number))).count } > 1
        }
        #expect(lost.isEmpty, "lost \(lost.map(Sender.sku))")
        #expect(twice.isEmpty, "taken twice \(twice.map(Sender.sku))")
        #expect(try world.unbalanced.isEmpty)
        #expect(world.names(in: "out") == (then == .leave ? [sender.name] : []))
        print(
            "one name, \(place) \(then): \(sender.written) files, \(replaced.count) written over by their sender, \(point) stops, \(lost.count) lost, \(twice.count) twice"
        )
    }

    @Test(arguments: Place.allCases, [Then.delete, .stamped])
    func `F29 a file with the name, size and second of one that we removed is read`(_ place: Place, _ then: Then) async throws {
        let world = try await World.at(place == .sftp ? try SSHServer.shared.get() : nil)
        let sender = Sender(folder: "\(world.erp)/out", manners: [.patient], limit: 3, seed: 1) { 1_795_230_000 }
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        knobs.gates = .open
        knobs.after = then.policy(world.archive)
        for _ in 0..<3 {
            sender.act()
            try await world.run(knobs)
        }

        #expect(sender.written == 3)
        #expect(await world.shop.quantities == ["V00000 main": 1, "V00001 main": 1, "V00002 main": 1])
    }

    @Test(arguments: Place.allCases)
    func `F29 a file that is left and written again within its second is read, too`(_ place: Place) async throws {
        let world = try await World.at(place == .sftp ? try SSHServer.shared.get() : nil)
        let sender = Sender(folder: "\(world.erp)/out", manners: [.writesOver], limit: 2, seed: 1) { 1_795_230_000 }
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        knobs.gates = .open
        knobs.after = .leave
        sender.act()
        try await world.run(knobs)
        sender.act()
        world.clock.advance(by: .seconds(60))
        try await world.run(knobs)
        world.clock.advance(by: .seconds(60))
        try await world.run(knobs)

        #expect(await world.shop.quantities == ["V00000 main": 1, "V00001 main": 1])
    }

    @Test(arguments: Place.allCases)
    func `F29 a file that is written over while the shop is away is read beside the one before`(_ place: Place) async throws {
        let world = try await World.at(place == .sftp ? try SSHServer.shared.get() : nil)
        let clock = Mutex(1_795_230_000)
        let sender = Sender(folder: "\(world.erp)/out", manners: [.renamesOver], limit: 2, seed: 1) {
            clock.withLock {
                $0 += 1; return $0
            }
        }
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        knobs.gates = .open
        knobs.after = .delete
        let closed = Boundary { name, moment in
            if name == "shop.look-up", moment == .before { throw Diagnostic("SHOP-CLOSED", "closed", fix: "wait", kind: .transient) }
        }
        sender.act()
        _ = try? await world.run(knobs, boundary: closed)
        sender.act()
        try await world.run(knobs)
        try await world.run(knobs)

        #expect(await world.shop.quantities == ["V00000 main": 1, "V00001 main": 1])
        #expect(world.names(in: "out") == [])
    }
}
