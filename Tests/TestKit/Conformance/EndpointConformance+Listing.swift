import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let listing: [EndpointConformance] = [
        .session("a folder of 300 files is listed whole, each once") { session, subject in
            for number in 0..<300 { link(try first(session, subject), "\(subject.local)/f\(number)") }
            var seen: [[UInt8]: Int] = [:]
            try session.list(folder: subject.folder) { seen[$0.name, default: 0] += 1 }
            try demand(seen.count, equals: 301, "names")
            try demand(seen.values.allSatisfy { $0 == 1 }, equals: true, "each once")
        },
        .session("a visitor may stop a listing, and the session goes on") { session, subject in
            struct Enough: Error {}
            for name in ["a", "b", "c"] { try session.put(subject.path(name), [1]) }
            var visited = 0
            for _ in 0..<20 {
                do {
                    try session.list(folder: subject.folder) { _ in
                        visited += 1
                        throw Enough()
                    }
                    throw ConformanceFailure(description: "the visitor's error was lost")
                } catch is Enough {}
            }
            try demand(visited, equals: 20, "entries visited")
            try demand(try session.names(in: subject.folder), equals: ["a", "b", "c"], "names")
        },
        .session("what is in a folder inside is not listed outside, and the other way round") { session, subject in
            try session.makeFolder("\(subject.folder)/inner")
            try session.put(subject.path("outside"), [1])
            try session.put(subject.path("inside", in: "inner"), [1])
            try demand(try session.names(in: subject.folder), equals: ["inner", "outside"], "outside")
            try demand(try session.names(in: "\(subject.folder)/inner"), equals: ["inside"], "inside")
        },
        .session("the next listing shows what came and went since the last one") { session, subject in
            try session.put(subject.path("a"), [1])
            try demand(try session.names(in: subject.folder), equals: ["a"], "first")
            try session.put(subject.path("b"), [1])
            unlink("\(subject.local)/a")
            try demand(try session.names(in: subject.folder), equals: ["b"], "second")
        },
        .session("names that begin with a dot are listed like any others") { session, subject in
            for name in [".hidden", "...", ".a.csv", "..b"] { try session.put(subject.path(name), [1]) }
            try demand(try session.names(in: subject.folder), equals: ["...", "..b", ".a.csv", ".hidden"], "names")
        },
        .session("names that differ by the case of letters are files of their own") { session, subject in
            for name in ["stock.csv", "STOCK.csv", "Stock.CSV"] { try session.put(subject.path(name), Array(name.utf8)) }
            try demand(try session.names(in: subject.folder), equals: ["STOCK.csv", "Stock.CSV", "stock.csv"], "names")
            try demand(try session.content(of: subject.path("Stock.CSV")), equals: Array("Stock.CSV".utf8), "content")
        },
        .session("a slash behind a folder's name changes nothing") { session, subject in
            try session.put(subject.path("a"), [1])
            try demand(try session.names(in: subject.folder + "/"), equals: ["a"], "names")
            try demand(try session.names(in: subject.folder + "//"), equals: ["a"], "names")
        },
        .session("a folder's name may have spaces, accents and signs of the shell") { session, subject in
            for name in ["two words", "caf\u{e9}", "a'b\"c$d", "-r", "#1"] {
                try session.makeFolder("\(subject.folder)/\(name)")
                try session.put(subject.path("x", in: name), Array(name.utf8))
                try demand(try session.names(in: "\(subject.folder)/\(name)"), equals: ["x"], "names in \(name)")
            }
        },
        .session("a folder six deep is listed") { session, subject in
            let deep = "\(subject.folder)/a/b/c/d/e/f"
            try session.makeFolder(deep)
            try session.put(RemotePath(folder: deep, name: "x"), [1])
            try demand(try session.names(in: deep), equals: ["x"], "names")
        },
        .session("fifty listings in one session leave no handle open") { session, subject in
            try session.put(subject.path("a"), [1])
            for _ in 0..<50 { try demand(try session.names(in: subject.folder), equals: ["a"], "names") }
        },
        .session("F18 a folder that vanished between two looks is missing, never empty") { session, subject in
            try session.makeFolder("\(subject.folder)/inner")
            try demand(try session.names(in: "\(subject.folder)/inner"), equals: [], "while it is there")
            rmdir("\(subject.local)/inner")
            try demandDiagnostic("FOLDER-MISSING") { _ = try session.names(in: "\(subject.folder)/inner") }
        },
    ]

    /// A small file that was put, on the server's own machine.
    private static func first(_ session: any EndpointSession, _ subject: Subject) throws -> String {
        let path = subject.path("first")
        if try session.stat(path) == nil { try session.put(path, [1]) }
        return "\(subject.local)/first"
    }

    static let attributes: [EndpointConformance] = [
        .session("a folder is said to be a folder, by its name as well") { session, subject in
            try session.makeFolder("\(subject.folder)/inner")
            try demand(try session.stat(subject.path("inner"))?.kind, equals: .directory, "kind")
        },
        .session("a file that is written on shows its new size at the next look") { session, subject in
            try session.put(subject.path("a"), [1, 2, 3])
            try demand(try session.stat(subject.path("a"))?.size, equals: 3, "before")
            subject.overwrite("a", [UInt8](repeating: 7, count: 70_000))
            try demand(try session.stat(subject.path("a"))?.size, equals: 70_000, "after")
        },
        .session("times are those of the server, to the second: 1971, 2001, today, 2037") { session, subject in
            try session.put(subject.path("a"), [1])
            for seconds in [31_536_001, 1_000_000_007, 1_796_000_003, 2_140_000_001] {
                subject.setTime("a", seconds)
                let seen = try session.stat(subject.path("a"))?.modified
                try demand(seen, equals: UTCInstant(fileSeconds: Int64(seconds)), "time \(seconds)")
            }
        },
        .session("two writings of one size at different times are two instances") { session, subject in
            try session.put(subject.path("STOCK.csv"), Array("A,1".utf8))
            subject.setTime("STOCK.csv", 1_700_000_000)
            let first = try session.stat(subject.path("STOCK.csv"))
            subject.overwrite("STOCK.csv", Array("A,2".utf8))
            subject.setTime("STOCK.csv", 1_700_000_060)
            let second = try session.stat(subject.path("STOCK.csv"))
            guard let first, let second else { throw ConformanceFailure(description: "it is not seen") }
            try demand(second.isInstance(of: first), equals: false, "one instance")
        },
        .session("a file of 5 GiB shows its size") { session, subject in
            try session.put(subject.path("big"), [1])
            guard truncate("\(subject.local)/big", 5 << 30) == 0 else { throw ConformanceFailure(description: "no big file can be made") }
            defer { unlink("\(subject.local)/big") }
            try demand(try session.stat(subject.path("big"))?.size, equals: 5 << 30, "size")
        },
        .session("an empty file has the size 0, and is a file") { session, subject in
            try session.put(subject.path("a"), [])
            let seen = try session.stat(subject.path("a"))
            try demand(seen?.size, equals: 0, "size")
            try demand(seen?.kind, equals: .regular, "kind")
        },
        .session("a link to a folder is a link") { session, subject in
            try session.makeFolder("\(subject.folder)/inner")
            symlink("inner", "\(subject.local)/link")
            try demand(try session.stat(subject.path("link"))?.kind, equals: .link, "kind")
        },
        .session("gaps are found out: afterwards size and kind are known, and the instance can be told") { session, subject in
            try session.put(subject.path("a"), Array("12345".utf8))
            var listed: [RemoteFile] = []
            try session.list(folder: subject.folder) { listed.append($0) }
            guard let first = listed.first else { throw ConformanceFailure(description: "it is not listed") }
            let filled = try session.fillingGaps(of: first, in: subject.folder, limit: 1000)
            try demand(filled?.size, equals: 5, "size")
            try demand(filled?.kind, equals: .regular, "kind")
            try demand(filled.map { !$0.gaps.contains(.time) || $0.mark != nil }, equals: true, "a time or a mark")
        },
    ]
}
