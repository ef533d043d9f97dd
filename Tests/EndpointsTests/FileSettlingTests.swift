import Domain
import Endpoints
import Foundation
import Glibc
import TestKit
import Testing

/// A sender who writes the name again between any two calls of ours: what was not read is never archived or removed.
struct FileSettlingTests {
    private static let first = Array("sku,qty\nA,1\n".utf8)
    private static let second = Array("sku,qty\nA,2\n".utf8)
    private static let third = Array("sku,qty\nA,3\n".utf8)
    private static let policies: [AfterReading] = [
        .delete, .move(folder: "archive", naming: .keep), .move(folder: "archive", naming: .stamped),
    ]

    /// What stands anywhere below the folder at the end.
    private struct End {
        var effects: [AfterReading.Effect] = []
        var contents: [[UInt8]] = []
        var underName: [UInt8]?
        /// What the sender wrote last.
        var last: [UInt8]?
    }

    /// The first file is read and settled; before the `turn`-th call the sender puts the second one there, of the same size and second,
    /// and before the call after that the third. Where `stopped`, the process dies then, and the next attempt does the rest.
    private func end(_ under: EndpointUnderTest, _ policy: AfterReading, turn: Int, writes: Int, stopped: Int?) async throws -> End? {
        let (subject, keeping) = try await under.subject()
        defer { withExtendedLifetime(keeping) {} }
        let folder = "\(subject.home)/\(subject.folder)"
        let path = RemotePath(folder: subject.folder, name: "STOCK.csv")
        let policy = policy.inside(subject.folder)
        Self.write(Self.first, to: folder)
        return try await subject.endpoint.withSession { session in
            guard let file = try session.stat(path) else { return nil }
            var end = End()
            let calls = Turns(turn: turn, stop: stopped) { number in
                guard number < writes else { return }
                end.last = [Self.second, Self.third][number]
                Self.write([Self.second, Self.third][number], to: folder)
            }
            do {
                end.effects.append(
                    try policy.perform(on: path, file: file, hash: ContentHash(of: Self.first), session: Watched(session, calls)))
            } catch is Stopped {}
            guard calls.isReached else { return nil }
            if end.effects.isEmpty {
                end.effects.append(try policy.perform(on: path, file: file, hash: ContentHash(of: Self.first), session: session))
            }
            for case .heldAside(_, let place) in end.effects { end.contents.append(Self.content("\(subject.home)/\(place.folder)/", place.name)) }
            end.underName = FileManager.default.contents(atPath: "\(folder)/STOCK.csv").map { Array($0) }
            return end
        }
    }

    @Test(arguments: EndpointUnderTest.allCases, policies)
    func `F14 F29 a file that comes between any two calls is put back, or held where its name is taken again`(
        _ under: EndpointUnderTest, _ policy: AfterReading
    ) async throws {
        var tried = 0
        for writes in 1...2 {
            for stopped in [nil, 0, 1] {
                var turn = 0
                while let end = try await end(under, policy, turn: turn, writes: writes, stopped: stopped) {
                    #expect(end.underName == end.last, "before call \(turn), stopped after \(stopped ?? -1): \(end.effects)")
                    // What the sender wrote over itself is nobody's; what we hold is one of its files.
                    #expect(end.contents.allSatisfy { $0 == Self.second || $0 == Self.first })
                    turn += 1
                    tried += 1
                }
            }
        }
        #expect(tried > 20)
    }

    @Test(arguments: EndpointUnderTest.allCases, policies)
    func `F14 what was set aside by an attempt that ended is settled by the next one`(
        _ under: EndpointUnderTest, _ policy: AfterReading
    ) async throws {
        let (subject, keeping) = try await under.subject()
        defer { withExtendedLifetime(keeping) {} }
        let path = RemotePath(folder: subject.folder, name: "STOCK.csv")
        let policy = policy.inside(subject.folder)
        let effect = try await subject.endpoint.withSession { session in
            try session.put(path, Self.first)
            guard let file = try session.stat(path) else { throw ConformanceFailure(description: "the file is missing") }
            let aside = try #require(SetAsideName.name(for: path.name, of: file, hash: ContentHash(of: Self.first)))
            try session.rename(path, to: RemotePath(folder: path.folder, name: aside))
            try session.put(path, Self.second)
            return try policy.perform(on: path, file: file, hash: ContentHash(of: Self.first), session: session)
        }

        #expect(
            {
                switch effect {
                case .deleted, .moved: true
                default: false
                }
            }())
        #expect(FileManager.default.contents(atPath: "\(subject.home)/\(subject.folder)/STOCK.csv").map { Array($0) } == Self.second)
        #expect(try await subject.endpoint.withSession { try $0.names(in: subject.folder) }.allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func `a private name gives back the name it hides, and no other name is one`() {
        let file = RemoteFile(name: Array("a-b.csv".utf8), size: 1, modified: UTCInstant(seconds: 1_795_230_000), kind: .regular)
        let name = SetAsideName.name(for: file.name, of: file, hash: ContentHash(of: []))

        #expect(name.flatMap { SetAsideName.original(of: $0) } == file.name)
        #expect(SetAsideName.name(for: [UInt8](repeating: 65, count: 240), of: file, hash: ContentHash(of: [])) == nil)
        for other in [
            ".tallyman-", ".tallyman-x", "STOCK.csv", ".tallyman-123456789012-1-", ".tallyman-123456789012--a", ".tallyman-12345678901G-1-a",
        ] {
            #expect(SetAsideName.original(of: Array(other.utf8)) == nil)
        }
    }

    // MARK: The sender

    /// Renamed over the name, as long and of the same second as what is there.
    private static func write(_ bytes: [UInt8], to folder: String) {
        let temporary = "\(folder)/STOCK.csv.tmp"
        _ = FileManager.default.createFile(atPath: temporary, contents: Data(bytes))
        try? FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_795_230_000)], ofItemAtPath: temporary)
        _ = rename(temporary, "\(folder)/STOCK.csv")
    }

    private static func content(_ folder: String, _ name: [UInt8]) -> [UInt8] {
        FileManager.default.contents(atPath: folder + String(decoding: name, as: UTF8.self)).map { Array($0) } ?? []
    }
}

private struct Stopped: Error {}

/// Counts the calls of a session, and does something before some of them.
private final class Turns {
    private let turn: Int
    private let stop: Int?
    private let act: (Int) -> Void
    private var calls = 0
    private var acted = 0
    var isReached: Bool { acted > 0 }

    init(turn: Int, stop: Int?, _ act: @escaping (Int) -> Void) { (self.turn, self.stop, self.act) = (turn, stop, act) }

    func pass() throws {
        defer { calls += 1 }
        guard calls >= turn else { return }
        defer { acted += 1 }
        act(acted)
        if let stop, acted == stop { throw Stopped() }
    }
}

private struct Watched: EndpointSession {
    let base: any EndpointSession
    let turns: Turns

    init(_ base: any EndpointSession, _ turns: Turns) { (self.base, self.turns) = (base, turns) }

    var capabilities: EndpointCapabilities { base.capabilities }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        try turns.pass()
        try base.list(folder: folder, visit)
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        try turns.pass()
        return try base.stat(path)
    }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try turns.pass()
        return try base.read(path, accept: accept, chunk)
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws { try base.put(path, bytes) }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        try turns.pass()
        try base.rename(path, to: target)
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws { try base.replace(path, with: source) }

    func remove(_ path: RemotePath) throws {
        try turns.pass()
        try base.remove(path)
    }

    func makeFolder(_ folder: String) throws {
        try turns.pass()
        try base.makeFolder(folder)
    }
}

extension AfterReading {
    fileprivate func inside(_ parent: String) -> AfterReading {
        if case .move(let folder, let naming) = self { .move(folder: "\(parent)/\(folder)", naming: naming) } else { self }
    }
}
