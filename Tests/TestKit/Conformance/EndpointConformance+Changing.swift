import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let changing: [EndpointConformance] = [
        .session("put never overwrites, not even with the same bytes") { session, subject in
            try session.put(subject.path("a"), Array("first".utf8))
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("a"), Array("first".utf8)) }
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("a"), []) }
            try demand(try session.content(of: subject.path("a")), equals: Array("first".utf8), "content")
        },
        .session("F14 rename never overwrites, and leaves both as they were") { session, subject in
            try session.put(subject.path("new.tmp"), Array("new".utf8))
            try session.put(subject.path("old"), Array("old".utf8))
            try demandDiagnostic("TARGET-EXISTS") { try session.rename(subject.path("new.tmp"), to: subject.path("old")) }
            try demand(try session.content(of: subject.path("old")), equals: Array("old".utf8), "old")
            try demand(try session.content(of: subject.path("new.tmp")), equals: Array("new".utf8), "new")
        },
        .session("rename moves between folders and keeps the bytes") { session, subject in
            try session.makeFolder("\(subject.folder)/archive")
            try session.put(subject.path("a"), Array("abc".utf8))
            try session.rename(subject.path("a"), to: subject.path("b", in: "archive"))
            try demand(try session.names(in: subject.folder), equals: ["archive"], "source folder")
            try demand(try session.content(of: subject.path("b", in: "archive")), equals: Array("abc".utf8), "content")
        },
        .session("a rename to its own name changes nothing") { session, subject in
            try session.put(subject.path("a"), Array("abc".utf8))
            try session.rename(subject.path("a"), to: subject.path("a"))
            try demand(try session.content(of: subject.path("a")), equals: Array("abc".utf8), "content")
        },
        .session("a rename of what is not there says so") { session, subject in
            try demandDiagnostic("FILE-MISSING") { try session.rename(subject.path("absent"), to: subject.path("b")) }
        },
        .session("a rename into a folder that is not there names the folder") { session, subject in
            try session.put(subject.path("a"), [1])
            try demandDiagnostic("FOLDER-MISSING") { try session.rename(subject.path("a"), to: subject.path("a", in: "absent")) }
        },
        .session("replace puts a new file in the place of an old one and leaves nothing else") { session, subject in
            try session.put(subject.path("STOCK.csv"), Array("old".utf8))
            for content in ["newer", "newest"] {
                try session.put(subject.path("STOCK.tmp"), Array(content.utf8))
                try session.replace(subject.path("STOCK.csv"), with: subject.path("STOCK.tmp"))
                try demand(try session.content(of: subject.path("STOCK.csv")), equals: Array(content.utf8), "content")
                try demand(try session.names(in: subject.folder), equals: ["STOCK.csv"], "names")
            }
        },
        .session("replace works where there is nothing to replace") { session, subject in
            try session.put(subject.path("a.tmp"), [1])
            try session.replace(subject.path("a"), with: subject.path("a.tmp"))
            try demand(try session.names(in: subject.folder), equals: ["a"], "names")
        },
        .session("a replacement without its source leaves the old file alone") { session, subject in
            try session.put(subject.path("a"), [1])
            try demandDiagnostic("FILE-MISSING") { try session.replace(subject.path("a"), with: subject.path("a.tmp")) }
            try demand(try session.content(of: subject.path("a")), equals: [1], "content")
        },
        .session("remove is safe to repeat and removes a link, not what it points to") { session, subject in
            try session.put(subject.path("a"), [1])
            symlink("a", "\(subject.local)/link")
            try session.remove(subject.path("link"))
            try session.remove(subject.path("link"))
            try demand(try session.names(in: subject.folder), equals: ["a"], "names")
        },
        .session("makeFolder makes the folders above and is safe to repeat") { session, subject in
            for _ in 0..<2 { try session.makeFolder("\(subject.folder)/x/y/z") }
            try demand(try session.names(in: "\(subject.folder)/x/y"), equals: ["z"], "names")
        },
        .session("makeFolder over a file says what is there") { session, subject in
            try session.put(subject.path("a"), [1])
            try demandDiagnostic("FOLDER-EXPECTED") { try session.makeFolder("\(subject.folder)/a") }
        },
        .session("F15 both names of a rename visible: the new one counts and the old one goes") { session, subject in
            let (old, new) = (subject.path("ORD.tmp"), subject.path("ORD.csv"))
            try session.put(old, Array("order".utf8))
            link("\(subject.local)/ORD.tmp", "\(subject.local)/ORD.csv")
            try demand(try session.settleRename(old, to: new, size: 5), equals: .renamed, "settlement")
            try demand(try session.names(in: subject.folder), equals: ["ORD.csv"], "names")
        },
        .session("F13 a rename is settled by looking at both names") { session, subject in
            let (old, new) = (subject.path("ORD.tmp"), subject.path("ORD.csv"))
            try demand(try session.settleRename(old, to: new, size: 5), equals: .consumed, "neither is there")
            try session.put(old, Array("order".utf8))
            try demand(try session.settleRename(old, to: new, size: 5), equals: .pending, "the old one is there")
            try session.put(new, Array("other".utf8))
            try demand(try session.settleRename(old, to: new, size: 5), equals: .conflicting, "both, with other bytes")
            try session.remove(old)
            try demand(try session.settleRename(old, to: new, size: 5), equals: .renamed, "the new one is there")
            try demand(try session.settleRename(old, to: new, size: 6), equals: .conflicting, "the new one has another size")
        },
    ]
}
