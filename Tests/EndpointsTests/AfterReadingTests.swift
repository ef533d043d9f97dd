import Crypto
import Domain
import Endpoints
import TestKit
import Testing

struct AfterReadingTests {
    private let name = "STOCK.csv"
    private static let content = Array("sku,qty".utf8)
    private static let hash = ContentHash(digest: SHA256.hash(data: content))

    /// Puts the file there, performs `policy` as often as asked, and returns the last effect and what is left.
    private func perform(
        _ policy: AfterReading,
        on under: EndpointUnderTest,
        times: Int = 1,
        meanwhile: @escaping @Sendable (any EndpointSession, RemotePath) throws -> Void = { _, _ in }
    ) async throws -> (effect: AfterReading.Effect, names: [String], archived: [String]) {
        let (subject, keeping) = try await under.subject()
        defer { withExtendedLifetime(keeping) {} }
        let path = RemotePath(folder: subject.folder, name: name)
        let local = policy.inside(subject.folder)
        return try await subject.endpoint.withSession { session in
            try session.put(path, Self.content)
            guard let file = try session.stat(path) else { throw ConformanceFailure(description: "the file is missing") }
            try meanwhile(session, path)
            var effect = AfterReading.Effect.left
            for _ in 0..<times { effect = try local.perform(on: path, file: file, hash: Self.hash, session: session) }
            let archive = "\(subject.folder)/archive"
            let hasArchive = try session.names(in: subject.folder).contains("archive")
            return (effect, try session.names(in: subject.folder), hasArchive ? try session.names(in: archive) : [])
        }
    }

    @Test(arguments: EndpointUnderTest.allCases)
    func `a file that is left stays`(_ under: EndpointUnderTest) async throws {
        let result = try await perform(.leave, on: under)

        #expect(result.effect == .left)
        #expect(result.names == [name])
    }

    @Test(arguments: EndpointUnderTest.allCases, [1, 2])
    func `B7 deleting is safe to repeat`(_ under: EndpointUnderTest, _ times: Int) async throws {
        let result = try await perform(.delete, on: under, times: times)

        #expect(result.effect == (times == 1 ? .deleted : .alreadyGone))
        #expect(result.names == [])
    }

    @Test(arguments: EndpointUnderTest.allCases, [1, 2])
    func `B7 moving makes the folder and is safe to repeat`(_ under: EndpointUnderTest, _ times: Int) async throws {
        let result = try await perform(.move(folder: "archive", naming: .keep), on: under, times: times)

        #expect({ if case .moved(let path) = result.effect { path.name == Array(name.utf8) } else { false } }())
        #expect(result.names == ["archive"])
        #expect(result.archived == [name])
    }

    @Test(arguments: EndpointUnderTest.allCases)
    func `F14 a different file of that name in the archive stops the move, and both stay`(_ under: EndpointUnderTest) async throws {
        let failure = try await diagnostic {
            _ = try await perform(.move(folder: "archive", naming: .keep), on: under) { session, path in
                try session.makeFolder(path.folder + "/archive")
                try session.put(RemotePath(folder: path.folder + "/archive", name: path.name), Array("SKU,QTY".utf8))
            }
        }

        #expect(failure.code == "TARGET-EXISTS")
    }

    @Test(arguments: EndpointUnderTest.allCases)
    func `the same file in the archive already is a finished move`(_ under: EndpointUnderTest) async throws {
        let result = try await perform(.move(folder: "archive", naming: .keep), on: under) { session, path in
            try session.makeFolder(path.folder + "/archive")
            try session.put(RemotePath(folder: path.folder + "/archive", name: path.name), Self.content)
        }

        #expect(result.names == ["archive"])
        #expect(result.archived == [name])
    }

    @Test(arguments: EndpointUnderTest.allCases, [AfterReading.delete, .move(folder: "archive", naming: .keep)])
    func `a newer file under the same name is neither deleted nor moved`(_ under: EndpointUnderTest, _ policy: AfterReading) async throws {
        let result = try await perform(policy, on: under) { session, path in
            try session.remove(path)
            try session.put(path, Array("a newer file of another size".utf8))
        }

        #expect(result.effect == .replacedSince)
        #expect(result.names == [name])
    }

    @Test func `a stamped name carries the file's time and hash, and is the same each time`() {
        let file = RemoteFile(name: Array(name.utf8), size: 7, modified: UTCInstant(seconds: 1_795_230_900), kind: .regular)
        let naming = AfterReading.ArchiveNaming.stamped

        let stamped = String(decoding: naming.name(for: file, hash: Self.hash), as: UTF8.self)

        #expect(stamped == "STOCK.20261121T031500Z-\(Self.hash.short).csv")
        #expect(naming.name(for: file, hash: Self.hash) == Array(stamped.utf8))
    }
}

extension AfterReading {
    fileprivate func inside(_ parent: String) -> AfterReading {
        if case .move(let folder, let naming) = self { .move(folder: "\(parent)/\(folder)", naming: naming) } else { self }
    }
}
