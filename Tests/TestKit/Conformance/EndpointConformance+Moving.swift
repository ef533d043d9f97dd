import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let moving: [EndpointConformance] = [
        .session("a rename keeps size, time and bytes") { session, subject in
            try session.put(subject.path("a"), Array("12345".utf8))
            subject.setTime("a", 1_700_000_000)
            var before = try session.stat(subject.path("a"))
            try session.rename(subject.path("a"), to: subject.path("b"))
            let after = try session.stat(subject.path("b"))
            before?.name = Array("b".utf8)
            try demand(after?.size, equals: before?.size, "size")
            try demand(after?.modified, equals: before?.modified, "time")
            try demand(try session.content(of: subject.path("b")), equals: Array("12345".utf8), "bytes")
            try demand(subject.localNames(), equals: [Array("b".utf8)], "names")
        },
        .session("a file is not renamed onto a folder") { session, subject in
            try session.put(subject.path("a"), [1])
            try session.makeFolder("\(subject.folder)/b")
            try demandDiagnostic("TARGET-EXISTS") { try session.rename(subject.path("a"), to: subject.path("b")) }
            try demand(try session.names(in: subject.folder), equals: ["a", "b"], "names")
            try demand(try session.names(in: "\(subject.folder)/b"), equals: [], "the folder's content")
        },
        .session("a file is not renamed onto a link, not even one that leads nowhere") { session, subject in
            try session.put(subject.path("a"), [1])
            symlink("nowhere", "\(subject.local)/link")
            try demandDiagnostic("TARGET-EXISTS") { try session.rename(subject.path("a"), to: subject.path("link")) }
            try demand(subject.localNames(), equals: [Array("a".utf8), Array("link".utf8)], "names")
        },
        .session("a rename may change the case of letters alone") { session, subject in
            try session.put(subject.path("stock.csv"), [1])
            try session.rename(subject.path("stock.csv"), to: subject.path("STOCK.csv"))
            try demand(try session.names(in: subject.folder), equals: ["STOCK.csv"], "names")
        },
        .session("F23 names of any bytes are renamed, replaced and removed as they are") { session, subject in
            let odd = RemotePath(folder: subject.folder, name: [0x66, 0xff, 0xfe])
            let other = RemotePath(folder: subject.folder, name: [0xff, 0x0a, 0x67])
            try session.put(odd, [1])
            try session.rename(odd, to: other)
            try demand(subject.localNames(), equals: [other.name], "renamed")
            try session.put(odd, [2])
            try session.replace(other, with: odd)
            try demand(try session.content(of: other), equals: [2], "replaced")
            try session.remove(other)
            try demand(subject.localNames(), equals: [], "removed")
        },
        .session("of two who claim one file one gets it, and the other is told that it is gone") { session, subject in
            try session.put(subject.path("a"), [1])
            try session.rename(subject.path("a"), to: subject.path("mine"))
            try demandDiagnostic("FILE-MISSING") { try session.rename(subject.path("a"), to: subject.path("theirs")) }
            try demand(try session.names(in: subject.folder), equals: ["mine"], "names")
        },
        .session("replace takes a source from another folder") { session, subject in
            try session.makeFolder("\(subject.folder)/tmp")
            try session.put(subject.path("STOCK.csv"), Array("old".utf8))
            try session.put(subject.path("STOCK.csv", in: "tmp"), Array("new".utf8))
            try session.replace(subject.path("STOCK.csv"), with: subject.path("STOCK.csv", in: "tmp"))
            try demand(try session.content(of: subject.path("STOCK.csv")), equals: Array("new".utf8), "content")
            try demand(try session.names(in: "\(subject.folder)/tmp"), equals: [], "source folder")
        },
        .session("a file does not take the place of a folder, and both stay") { session, subject in
            try session.makeFolder("\(subject.folder)/a")
            try session.put(subject.path("inside", in: "a"), [1])
            try session.put(subject.path("a.tmp"), [2])
            try demandDiagnostic("FILE-NOT-REGULAR") { try session.replace(subject.path("a"), with: subject.path("a.tmp")) }
            try demand(try session.names(in: subject.folder), equals: ["a", "a.tmp"], "names")
            try demand(try session.names(in: "\(subject.folder)/a"), equals: ["inside"], "the folder's content")
        },
        .session("a replaced link leaves what it led to") { session, subject in
            try session.put(subject.path("other"), Array("other".utf8))
            symlink("other", "\(subject.local)/link")
            try session.put(subject.path("new"), Array("new".utf8))
            try session.replace(subject.path("link"), with: subject.path("new"))
            try demand(try session.content(of: subject.path("other")), equals: Array("other".utf8), "what it led to")
            try demand(try session.content(of: subject.path("link")), equals: Array("new".utf8), "what took its place")
        },
        .session("a replacement with itself changes nothing") { session, subject in
            try session.put(subject.path("a"), [1])
            try session.replace(subject.path("a"), with: subject.path("a"))
            try demand(try session.content(of: subject.path("a")), equals: [1], "content")
        },
    ]

    static let removing: [EndpointConformance] = [
        .session("a folder is not removed as a file, and keeps its content") { session, subject in
            try session.makeFolder("\(subject.folder)/inner")
            try session.put(subject.path("inside", in: "inner"), [1])
            do {
                try session.remove(subject.path("inner"))
                throw ConformanceFailure(description: "a folder was removed")
            } catch is Diagnostic {}
            try demand(try session.names(in: "\(subject.folder)/inner"), equals: ["inside"], "content")
        },
        .session("a removal takes the file of that very name and no other") { session, subject in
            for name in ["a", "A", "a ", "a.csv", "*"] { try session.put(subject.path(name), [1]) }
            try session.remove(subject.path("*"))
            try session.remove(subject.path("a"))
            try demand(subject.localNames(), equals: Set(["A", "a ", "a.csv"].map { Array($0.utf8) }), "names")
        },
    ]

    static let rights: [EndpointConformance] = [
        .session("F17 a folder that may not be read says which right is needed, and is not empty", needsRights: true) { session, subject in
            try session.makeFolder("\(subject.folder)/closed")
            chmod("\(subject.local)/closed", 0)
            defer { chmod("\(subject.local)/closed", 0o755) }
            try demandDiagnostic("PERMISSION-DENIED") { _ = try session.names(in: "\(subject.folder)/closed") }
        },
        .session("F17 a file that may not be read says so, and can be read once it may", needsRights: true) { session, subject in
            try session.put(subject.path("a"), [1])
            chmod("\(subject.local)/a", 0)
            try demandDiagnostic("PERMISSION-DENIED") { try session.read(subject.path("a")) { _ in } }
            chmod("\(subject.local)/a", 0o644)
            try demand(try session.content(of: subject.path("a")), equals: [1], "content")
        },
        .session("F17 a folder that takes no files says so, and nothing is left there", needsRights: true) { session, subject in
            chmod(subject.local, 0o555)
            defer { chmod(subject.local, 0o755) }
            try demandDiagnostic("PERMISSION-DENIED") { try session.put(subject.path("a"), [1]) }
            try demandDiagnostic("PERMISSION-DENIED") { try session.makeFolder("\(subject.folder)/inner") }
            try demand(subject.localNames(), equals: [], "names")
        },
        .session("F17 a read-only folder gives its files and keeps them: neither renamed nor removed", needsRights: true) { session, subject in
            try session.put(subject.path("a"), [1])
            chmod(subject.local, 0o555)
            defer { chmod(subject.local, 0o755) }
            try demand(try session.content(of: subject.path("a")), equals: [1], "content")
            try demandDiagnostic("PERMISSION-DENIED") { try session.rename(subject.path("a"), to: subject.path("b")) }
            try demandDiagnostic("PERMISSION-DENIED") { try session.remove(subject.path("a")) }
            try demand(try session.names(in: subject.folder), equals: ["a"], "names")
        },
    ]
}
