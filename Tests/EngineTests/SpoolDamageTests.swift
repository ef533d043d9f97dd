import Domain
import Endpoints
import Foundation
import StateStore
import Synchronization
import TestKit
import Testing

@testable import Engine

/// What the disk has changed is never applied: it is fetched again, or waits with its reason.
struct SpoolDamageTests {
    private static let closed = Boundary { name, moment in
        if name == "shop.look-up", moment == .before { throw Diagnostic("SHOP-CLOSED", "closed", fix: "wait", kind: .transient) }
    }

    /// A file whose first plan could not be made, so that it is planned from the spool later.
    private func waiting(_ world: World, _ knobs: World.Knobs) async throws -> String {
        try world.drop("a.csv", [World.line("A", "229")])
        _ = try? await world.run(knobs, boundary: Self.closed)
        let hash = try #require(try world.ledger().read { try $0.delivery(1) }).hash
        return "\(world.folder)/state/spool/\(hash.hex)"
    }

    private func flip(_ path: String) throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let place = try #require(bytes.firstIndex(of: UInt8(ascii: "2")))
        bytes[place] = UInt8(ascii: "9")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test(arguments: [AfterReading.leave, .delete, .move(folder: "archive", naming: .stamped)], ["flipped", "gone"])
    func `F79 bytes that the disk has changed are fetched again while the sender's file is there`(_ then: AfterReading, _ damage: String) async throws
    {
        let world = World()
        var knobs = World.Knobs()
        knobs.after = then
        let path = try await waiting(world, knobs)
        if damage == "flipped" { try flip(path) } else { try FileManager.default.removeItem(atPath: path) }

        let report = try await world.run(knobs)

        #expect(report.runs.first?.run.state == .finished)
        #expect(await world.shop.quantities == ["A main": 229])
    }

    @Test(.enabled(if: QuirkyServer.isPresent, "there is no Python here"), arguments: ["no-size", "no-type"])
    func `F25 F79 bytes that the disk has changed are fetched again from a server that does not say everything`(_ habit: String) async throws {
        let server = try QuirkyServer.start([habit])
        defer { server.stop() }
        let world = try await World.at(server)
        let knobs = World.Knobs()
        try flip(try await waiting(world, knobs))

        let report = try await world.run(knobs)

        #expect(report.runs.first?.run.state == .finished, "\(report)")
        #expect(await world.shop.quantities == ["A main": 229])
    }

    @Test(.enabled(if: QuirkyServer.isPresent, "there is no Python here"), arguments: ["no-size", "no-type", "bare-permissions"])
    func `A4 F25 what an attempt of before has set aside is put back and read, also where a listing does not say that it is a file`(
        _ habit: String
    ) async throws {
        let server = try QuirkyServer.start([habit])
        defer { server.stop() }
        let world = try await World.at(server)
        try world.drop(".tallyman-e20c238a43d8-19df0a-a.csv", [World.line("A", "229")])

        let report = try await world.run()

        #expect(report.state == .finished, "\(report)")
        #expect(await world.shop.quantities == ["A main": 229])
    }

    @Test(arguments: [FileMode.full, .delta])
    func `F79 F103 bytes that are nowhere any more are set aside with their reason, and a newer file is applied`(_ mode: FileMode) async throws {
        let world = World()
        var knobs = World.Knobs()
        if mode == .delta { knobs.profile = World.deltaProfile }
        let path = try await waiting(world, knobs)
        try flip(path)
        try FileManager.default.removeItem(atPath: "\(world.erp)/out/a.csv")

        let report = try await world.run(knobs)
        try world.drop("b.csv", [World.line("A", "230")])
        let next = try await world.run(knobs)

        #expect(report.runs.first?.trouble?.code == "SPOOL-DAMAGED")
        #expect(report.runs.first?.run.state == .failed)
        #expect(try world.unbalanced.isEmpty)
        #expect(await world.shop.quantities == ["A main": 230])
        #expect(next.runs.last?.run.state == .finished)
    }

    /// At the turn of any commit the disk changes a figure, or the header, which fails the whole file.
    @Test(arguments: 1...14, ["229 929", "warehouse warehoxse"])
    func `F79 bytes that the disk changes between any two steps are neither applied nor held against the sender`(
        _ moment: Int, _ damage: String
    ) async throws {
        let words = damage.split(separator: " ").map(String.init)
        let world = World()
        try world.drop("a.csv", [World.line("A", "229")])
        let commits = Mutex(0)
        let spool = "\(world.folder)/state/spool"
        let disk = Boundary { name, turn in
            guard name == "ledger.commit", turn == .afterEffect,
                commits.withLock({
                    $0 += 1; return $0 == moment
                })
            else { return }
            for file in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] where file.count == 64 {
                guard let bytes = FileManager.default.contents(atPath: "\(spool)/\(file)") else { continue }
                let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: words[0], with: words[1])
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(spool)/\(file)"))
            }
        }

        _ = try? await world.run(boundary: disk)
        let report = try await world.run()

        #expect(report.runs.allSatisfy { $0.run.state == .finished })
        #expect(await world.shop.quantities == ["A main": 229])
        #expect(try world.unbalanced.isEmpty)
    }

    @Test func `F79 nobody is shown other bytes for those that came`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "229")])
        try await world.run()
        let hash = try #require(try world.ledger().read { try $0.delivery(1) }).hash
        try flip("\(world.folder)/state/spool/\(hash.hex)")

        let definition = try world.flow(World.Knobs()).entities[0].definition
        let explanation = try world.runner(world.ledger()).explain(RecordKey("A"), entity: definition)

        #expect(explanation.steps.first?.records.first?.bytes == nil)
        #expect(explanation.current?.contains("229") == true)
    }
}
