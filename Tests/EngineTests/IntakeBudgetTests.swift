import Domain
import Endpoints
import Foundation
import StateStore
import TestKit
import Testing

@testable import Engine

/// Whatever a folder holds, one entry never keeps the others from being taken.
struct IntakeBudgetTests {
    @Test func `F25 a file above the limit waits with its reason, the others are taken, and a larger limit takes it`() async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10"), World.line("B", "10")])
        try world.drop("b.csv", [World.line("A", "11")])
        var flow = try world.flow(Self.delta)
        flow.pull.maximumSize = Int64(World.file([World.line("A", "11")]).count)
        let runner = try world.runner(world.ledger())

        let first = try await runner.run(flow, cause: "schedule")
        let second = try await runner.run(flow, cause: "schedule")
        let taken = await world.shop.quantity("A")
        flow.pull.maximumSize = 4096
        let third = try await runner.run(flow, cause: "schedule")

        #expect(first.trouble?.code == "FILE-TOO-LARGE" && second.trouble?.code == "FILE-TOO-LARGE")
        #expect(first.runs.count == 1 && taken == 11)
        #expect(third.trouble == nil && third.runs.count == 1)
        // A newer one has told A meanwhile, and nothing has told B.
        #expect(third.tally == Tally(read: 2, counts: [.applied: 1, .superseded: 1]))
        #expect(await world.shop.quantities == ["A main": 11, "B main": 10])
    }

    @Test(arguments: [-1, 0, 1 << 31, 1 << 32, .max] as [Int64])
    func `F25 whatever size a server names, nothing traps and the others are taken`(_ size: Int64) async throws {
        let world = World()
        try world.drop("a.csv", [World.line("A", "10")])
        try world.drop("b.csv", [World.line("A", "11")])
        var flow = try world.flow(Self.delta)
        flow.pull.endpoint = LyingEndpoint(base: flow.pull.endpoint, name: "erp", lie: Array("a.csv".utf8), size: size)

        let report = try await world.runner(world.ledger()).run(flow, cause: "schedule")

        #expect(await world.shop.quantities == ["A main": 11])
        #expect(report.waitingFiles.count == 1, "\(report.waitingFiles)")
    }

    @Test func `F22 a listing that never ends is left`() async throws {
        let world = World()
        var flow = try world.flow(Self.delta)
        flow.pull.endpoint = LyingEndpoint(base: flow.pull.endpoint, name: "erp", lie: nil, size: 0)

        await #expect { _ = try await world.runner(world.ledger()).run(flow, cause: "schedule") } throws: { error in
            (error as? Diagnostic)?.code == "FOLDER-ENDLESS"
        }
    }

    private static var delta: World.Knobs {
        var knobs = World.Knobs()
        knobs.profile = World.deltaProfile
        knobs.gates = .open
        return knobs
    }
}

/// A server that says another size of one file, or, where it names none, lists entries for ever.
private struct LyingEndpoint: Endpoint {
    let base: any Endpoint
    let name: String
    let lie: [UInt8]?
    let size: Int64
    var sessionLimit: Int { 1 }

    func withSession<Result: Sendable>(_ body: @escaping @Sendable (any EndpointSession) throws -> Result) async throws -> Result {
        let (lie, size) = (lie, size)
        return try await base.withSession { try body(LyingSession(base: $0, lie: lie, size: size)) }
    }
}

private struct LyingSession: EndpointSession {
    let base: any EndpointSession
    let lie: [UInt8]?
    let size: Int64

    private func told(_ file: RemoteFile) -> RemoteFile {
        var file = file
        if file.name == lie { file.size = size }
        return file
    }

    var capabilities: EndpointCapabilities { base.capabilities }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        try base.list(folder: folder) { try visit(told($0)) }
        guard lie == nil else { return }
        let entry = RemoteFile(name: Array("ENTRY.csv".utf8), size: 1, modified: UTCInstant(seconds: 0), kind: .regular)
        while true { try visit(entry) }
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? { try base.stat(path).map(told) }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try base.read(path, accept: { try accept(told($0)) }, chunk).map(told)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try base.put(path, bytes) }
    func rename(_ path: RemotePath, to target: RemotePath) throws { try base.rename(path, to: target) }
    func replace(_ path: RemotePath, with source: RemotePath) throws { try base.replace(path, with: source) }
    func remove(_ path: RemotePath) throws { try base.remove(path) }
    func makeFolder(_ folder: String) throws { try base.makeFolder(folder) }
}
