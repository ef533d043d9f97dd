import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let settling: [EndpointConformance] = [
        .session("a file that was read is archived with its bytes, in a folder that is made for it") { session, subject in
            let seen = try put("ORD.csv", "order", session, subject)
            let effect = try AfterReading.move(folder: "\(subject.folder)/archive", naming: .keep).perform(
                on: subject.path("ORD.csv"), file: seen, hash: ContentHash(of: Array("order".utf8)), session: session)
            try demand(effect, equals: .moved(subject.path("ORD.csv", in: "archive")), "effect")
            try demand(try session.content(of: subject.path("ORD.csv", in: "archive")), equals: Array("order".utf8), "content")
            try demand(try session.names(in: subject.folder), equals: ["archive"], "names")
        },
        .session("a file that was read is removed, and a second time that is nothing new") { session, subject in
            let seen = try put("ORD.csv", "order", session, subject)
            let hash = ContentHash(of: Array("order".utf8))
            try demand(
                try AfterReading.delete.perform(on: subject.path("ORD.csv"), file: seen, hash: hash, session: session), equals: .deleted, "once")
            try demand(
                try AfterReading.delete.perform(on: subject.path("ORD.csv"), file: seen, hash: hash, session: session), equals: .alreadyGone, "twice")
            try demand(subject.localNames(), equals: [], "names")
        },
        .session("a file that its sender wrote over since is neither removed nor archived") { session, subject in
            let seen = try put("STOCK.csv", "old", session, subject)
            subject.overwrite("STOCK.csv", Array("newer".utf8))
            for end in [AfterReading.delete, .move(folder: "\(subject.folder)/archive", naming: .keep)] {
                let effect = try end.perform(
                    on: subject.path("STOCK.csv"), file: seen, hash: ContentHash(of: Array("old".utf8)), session: session)
                try demand(effect, equals: .replacedSince, "effect of \(end)")
            }
            try demand(try session.content(of: subject.path("STOCK.csv")), equals: Array("newer".utf8), "content")
        },
        .session("one fixed name written over all day is archived each time under a name of its own") { session, subject in
            for number in 1...3 {
                let content = "stock of \(number)"
                let seen = try put("STOCK.csv", content, session, subject, time: 1_700_000_000 + number * 60)
                _ = try AfterReading.move(folder: "\(subject.folder)/archive", naming: .stamped).perform(
                    on: subject.path("STOCK.csv"), file: seen, hash: ContentHash(of: Array(content.utf8)), session: session)
            }
            try demand(try session.names(in: "\(subject.folder)/archive").count, equals: 3, "archived")
        },
        .session("F14 another file of the name in the archive is not written over, and the file stays where it is") { session, subject in
            try session.makeFolder("\(subject.folder)/archive")
            try session.put(subject.path("ORD.csv", in: "archive"), Array("other".utf8))
            let seen = try put("ORD.csv", "order", session, subject)
            try demandDiagnostic("TARGET-EXISTS") {
                _ = try AfterReading.move(folder: "\(subject.folder)/archive", naming: .keep).perform(
                    on: subject.path("ORD.csv"), file: seen, hash: ContentHash(of: Array("order".utf8)), session: session)
            }
            try demand(try session.content(of: subject.path("ORD.csv", in: "archive")), equals: Array("other".utf8), "archived before")
            try demand(try session.content(of: subject.path("ORD.csv")), equals: Array("order".utf8), "the file itself")
        },
        .session("the same file twice is archived once") { session, subject in
            for _ in 0..<2 {
                let seen = try put("ORD.csv", "order", session, subject)
                let effect = try AfterReading.move(folder: "\(subject.folder)/archive", naming: .keep).perform(
                    on: subject.path("ORD.csv"), file: seen, hash: ContentHash(of: Array("order".utf8)), session: session)
                try demand(effect, equals: .moved(subject.path("ORD.csv", in: "archive")), "effect")
            }
            try demand(try session.names(in: subject.folder), equals: ["archive"], "names")
        },
        .session("a file is received into the spool as it was listed, byte for byte") { session, subject in
            let content = SeededRandom.content(200_000)
            try session.put(subject.path("a"), content)
            let (spool, keeping) = try spool()
            let seen = try fill(subject.path("a"), session)
            let held = try spool.receive(seen, at: subject.path("a"), session: session)
            try demand(held.hash, equals: ContentHash(of: content), "hash")
            try demand(TemporaryFolder.content(of: held.path) == content, equals: true, "content")
            withExtendedLifetime(keeping) {}
        },
        .session("F29 a file that changed between its listing and its reading is not taken for what was listed") { session, subject in
            let seen = try put("a", "listed", session, subject)
            subject.overwrite("a", Array("written over".utf8))
            let (spool, keeping) = try spool()
            try demandDiagnostic("FILE-CHANGED", .transient) { _ = try spool.receive(seen, at: subject.path("a"), session: session) }
            try demand(keeping.names(), equals: [], "what the spool holds")
        },
        .session("F30 a file that vanished between its listing and its reading is taken at a later look") { session, subject in
            let seen = try put("a", "listed", session, subject)
            unlink("\(subject.local)/a")
            let (spool, keeping) = try spool()
            try demandDiagnostic("FILE-CHANGED", .transient) { _ = try spool.receive(seen, at: subject.path("a"), session: session) }
            try demand(keeping.names(), equals: [], "what the spool holds")
        },
        .session("F25 a file beyond the limit is refused, and nothing of it is kept") { session, subject in
            try session.put(subject.path("a"), [UInt8](repeating: 1, count: 5000))
            let seen = try fill(subject.path("a"), session)
            let (spool, keeping) = try spool()
            try demandDiagnostic("FILE-TOO-LARGE") { _ = try spool.receive(seen, at: subject.path("a"), limit: 4999, session: session) }
            try demand(keeping.names(), equals: [], "what the spool holds")
        },
        .session("what stands under a name is told from what should: the same, another, nothing") { session, subject in
            try session.put(subject.path("a"), Array("order".utf8))
            let hash = ContentHash(of: Array("order".utf8))
            try demand(try session.look(at: subject.path("a"), for: hash, size: 5), equals: .same, "the same")
            try demand(try session.look(at: subject.path("a"), for: ContentHash(of: Array("other".utf8)), size: 5), equals: .different, "another")
            try demand(try session.look(at: subject.path("b"), for: hash, size: 5), equals: .absent, "nothing")
        },
    ]

    private static func put(
        _ name: String, _ content: String, _ session: any EndpointSession, _ subject: Subject, time: Int? = nil
    ) throws -> RemoteFile {
        try session.put(subject.path(name), Array(content.utf8))
        if let time { subject.setTime(name, time) }
        return try fill(subject.path(name), session)
    }

    /// A file as a run sees it before it takes it.
    private static func fill(_ path: RemotePath, _ session: any EndpointSession) throws -> RemoteFile {
        guard let stated = try session.stat(path), let seen = try session.fillingGaps(of: stated, in: path.folder, limit: 1 << 20) else {
            throw ConformanceFailure(description: "\(path) is not seen")
        }
        return seen
    }

    private static func spool() throws -> (Spool, TemporaryFolder) {
        let folder = TemporaryFolder()
        return (try Spool(folder: folder.path, timeline: .system), folder)
    }
}
