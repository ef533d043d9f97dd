import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let transfers: [EndpointConformance] = [
        .session("an empty file is read without a single piece") { session, subject in
            try session.put(subject.path("a"), [])
            var pieces = 0
            try session.read(subject.path("a")) { _ in pieces += 1 }
            try demand(pieces, equals: 0, "pieces")
        },
        .session("all 256 bytes and every kind of line end come as they are") { session, subject in
            let content = Array(UInt8.min...UInt8.max) + Array("a\r\nb\nc\rd\u{1a}e\r\r\n".utf8)
            try session.put(subject.path("a"), content)
            try demand(try session.content(of: subject.path("a")), equals: content, "content")
            try demand(TemporaryFolder.content(of: "\(subject.local)/a"), equals: content, "content on the server's own machine")
        },
        .session("a file read twice is the same twice") { session, subject in
            let content = SeededRandom.content(100_000)
            try session.put(subject.path("a"), content)
            for _ in 0..<2 { try demand(try session.content(of: subject.path("a")) == content, equals: true, "the same") }
        },
        .session("a file of 8 MiB comes byte for byte, and goes byte for byte") { session, subject in
            let content = SeededRandom.content(8 << 20)
            try session.put(subject.path("a"), content)
            try demand(TemporaryFolder.content(of: "\(subject.local)/a") == content, equals: true, "as it stands there")
            try demand(try session.content(of: subject.path("a")) == content, equals: true, "as it came back")
        },
        .session("what is refused before its first byte is not read") { session, subject in
            struct Refused: Error {}
            try session.put(subject.path("a"), [1, 2, 3])
            var pieces = 0
            do {
                _ = try session.read(subject.path("a"), accept: { _ in throw Refused() }, { _ in pieces += 1 })
                throw ConformanceFailure(description: "the refusal was lost")
            } catch is Refused {}
            try demand(pieces, equals: 0, "pieces")
        },
        .session("reading says what stands under the name after the last byte") { session, subject in
            try session.put(subject.path("a"), [1, 2, 3])
            let after = try session.read(subject.path("a"), accept: { _ in }, { _ in })
            try demand(after, equals: try session.stat(subject.path("a")), "afterwards")
        },
        .session("F29 a file that was written on while it was read shows it afterwards") { session, subject in
            try session.put(subject.path("a"), [UInt8](repeating: 1, count: 1000))
            var isFirst = true
            let after = try session.read(subject.path("a"), accept: { _ in }) { _ in
                if isFirst { subject.overwrite("a", [UInt8](repeating: 2, count: 5000)) }
                isFirst = false
            }
            try demand(after?.size, equals: 5000, "size afterwards")
        },
        .session("F30 a file that was taken away while it was read is gone afterwards") { session, subject in
            try session.put(subject.path("a"), [1, 2, 3])
            let after = try session.read(subject.path("a"), accept: { _ in }) { _ in unlink("\(subject.local)/a") }
            try demand(after, equals: nil, "afterwards")
        },
        .session("thirty readings that stop in the middle leave no handle open") { session, subject in
            struct Enough: Error {}
            try session.put(subject.path("a"), [UInt8](repeating: 1, count: 200_000))
            for _ in 0..<30 {
                do { try session.read(subject.path("a")) { _ in throw Enough() } } catch is Enough {}
            }
            try demand(try session.content(of: subject.path("a")).count, equals: 200_000, "bytes at last")
        },
        .session("fifty small files are read in one session, each with its own content") { session, subject in
            for number in 0..<50 { try session.put(subject.path("f\(number)"), Array("content of \(number)".utf8)) }
            for number in (0..<50).reversed() {
                try demand(try session.content(of: subject.path("f\(number)")), equals: Array("content of \(number)".utf8), "f\(number)")
            }
        },
    ]

    static let writing: [EndpointConformance] = [
        .session("a file that is put into a folder that is not there names the folder") { session, subject in
            try demandDiagnostic("FOLDER-MISSING") { try session.put(subject.path("a", in: "absent"), [1]) }
        },
        .session("a file is not put where a folder stands") { session, subject in
            try session.makeFolder("\(subject.folder)/a")
            try session.put(subject.path("inside", in: "a"), [1])
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("a"), [2]) }
            try demand(try session.names(in: "\(subject.folder)/a"), equals: ["inside"], "the folder's content")
        },
        .session("S2 a file is not put through a link, whether it leads to a file or nowhere") { session, subject in
            try session.put(subject.path("other"), Array("other".utf8))
            symlink("other", "\(subject.local)/link")
            symlink("made", "\(subject.local)/broken")
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("link"), [1]) }
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("broken"), [1]) }
            try demand(try session.content(of: subject.path("other")), equals: Array("other".utf8), "what the link leads to")
            try demand(access("\(subject.local)/made", F_OK), equals: -1, "what the broken link leads to")
        },
        .session("a file that was put can be read by its owner and run by nobody") { session, subject in
            try session.put(subject.path("a"), [1])
            var status = stat()
            lstat("\(subject.local)/a", &status)
            try demand(status.st_mode & 0o400, equals: 0o400, "readable")
            try demand(status.st_mode & 0o111, equals: 0, "executable")
        },
        .session("a put leaves the file and nothing else") { session, subject in
            try session.put(subject.path("ORD.csv"), SeededRandom.content(150_000))
            try demand(subject.localNames(), equals: [Array("ORD.csv".utf8)], "names")
        },
        .session("a refused put leaves nothing of itself") { session, subject in
            try session.put(subject.path("a"), Array("first".utf8))
            try demandDiagnostic("TARGET-EXISTS") { try session.put(subject.path("a"), SeededRandom.content(50_000)) }
            try demand(subject.localNames(), equals: [Array("a".utf8)], "names")
            try demand(TemporaryFolder.content(of: "\(subject.local)/a"), equals: Array("first".utf8), "content")
        },
        .session("a name is free again as soon as its file was removed") { session, subject in
            for content in [[UInt8(1)], [2, 3]] {
                try session.put(subject.path("a"), content)
                try demand(try session.content(of: subject.path("a")), equals: content, "content")
                try session.remove(subject.path("a"))
            }
        },
        .session("a folder that was made takes files at once, at each of its levels") { session, subject in
            try session.makeFolder("\(subject.folder)/x/y")
            try session.put(subject.path("a", in: "x"), [1])
            try session.put(subject.path("a", in: "x/y"), [2])
            try demand(try session.content(of: subject.path("a", in: "x/y")), equals: [2], "content")
        },
        .session("no folder is made below a file or through a link") { session, subject in
            try session.put(subject.path("file"), [1])
            symlink("nowhere", "\(subject.local)/broken")
            for folder in ["file/inner", "broken/inner"] {
                do {
                    try session.makeFolder("\(subject.folder)/\(folder)")
                    throw ConformanceFailure(description: "\(folder) was made")
                } catch is Diagnostic {}
            }
            try demand(subject.localNames(), equals: [Array("broken".utf8), Array("file".utf8)], "names")
        },
    ]
}
