import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let reading: [EndpointConformance] = [
        .session("an empty folder lists nothing") { session, subject in
            try demand(try session.names(in: subject.folder), equals: [], "names")
        },
        .session("a listing shows each entry once with size, time and kind, and leaves out . and ..") { session, subject in
            try session.put(subject.path("a.csv"), Array("12345".utf8))
            try session.makeFolder("\(subject.folder)/inner")
            symlink("a.csv", "\(subject.local)/link.csv")

            var found: [String: RemoteFile] = [:]
            try session.list(folder: subject.folder) { found[String(decoding: $0.name, as: UTF8.self)] = $0 }

            try demand(found.keys.sorted(), equals: ["a.csv", "inner", "link.csv"], "names")
            try demand(found["a.csv"]?.size, equals: 5, "size")
            try demand(found["a.csv"]?.kind, equals: .regular, "kind of a.csv")
            try demand(found["inner"]?.kind, equals: .directory, "kind of inner")
            try demand(found["link.csv"]?.kind, equals: .link, "kind of link.csv")
            let stated = try session.stat(subject.path("a.csv"))
            try demand(found["a.csv"], equals: stated, "stat and listing")
        },
        .session("F23 names come as they are: newline, escape, formulas, options, spaces and accents") { session, subject in
            let names = [
                "new\nline.csv", "esc\u{1b}[31m.csv", "-rf", "=cmd()", " leading", "trailing ", "cafe\u{301}.csv", "caf\u{e9}.csv", "\u{202e}bidi",
                "50%25.csv", "a;b|c&d$e`f'g\"h.csv", "*.csv", "[1].csv", "~", String(repeating: "n", count: 255),
            ].map { Array($0.utf8) }
            try demandNames(names, session, subject)
        },
        .session("F23 names are raw bytes: what is no UTF-8 comes as it is") { session, subject in
            try demandNames([[0x66, 0xff, 0xfe, 0x2e, 0x63, 0x73, 0x76], [0xc3, 0x28], [0x80], [0xe9, 0x2e, 0x63, 0x73, 0x76]], session, subject)
        },
        .session("S1 names that lead elsewhere never reach the endpoint") { session, subject in
            let names = ["..", ".", "", "../up", "a/b", "/etc/passwd", "..\\up", "nul\u{0}"]
            for name in names {
                let path = subject.path(name)
                try demandDiagnostic("NAME-UNSAFE") { _ = try session.stat(path) }
                try demandDiagnostic("NAME-UNSAFE") { try session.read(path) { _ in } }
                try demandDiagnostic("NAME-UNSAFE") { try session.put(path, []) }
                try demandDiagnostic("NAME-UNSAFE") { try session.remove(path) }
                try demandDiagnostic("NAME-UNSAFE") { try session.rename(path, to: subject.path("x")) }
                try demandDiagnostic("NAME-UNSAFE") { try session.rename(subject.path("x"), to: path) }
                try demandDiagnostic("NAME-UNSAFE") { try session.replace(path, with: subject.path("x")) }
            }
        },
        .session("what was put is read back, at the sizes where pieces begin and end") { session, subject in
            var random = SeededRandom(seed: 7)
            for size in [0, 1, 1000, 32_767, 32_768, 262_144, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001] {
                let content = random.bytes(size)
                try session.put(subject.path("f\(size)"), content)
                let back = try session.content(of: subject.path("f\(size)"))
                try demand(back == content, equals: true, "content of \(size) bytes (\(back.count) came back)")
            }
        },
        .session("pieces are at most 1 MiB and a reader may stop in the middle") { session, subject in
            struct Enough: Error {}
            try session.put(subject.path("big"), [UInt8](repeating: 65, count: 5 << 20))
            var largest = 0
            do {
                try session.read(subject.path("big")) { bytes in
                    largest = max(largest, bytes.count)
                    throw Enough()
                }
                throw ConformanceFailure(description: "the reader's error was lost")
            } catch is Enough {}
            try demand((1...1 << 20).contains(largest), equals: true, "piece of \(largest)")
            try demand(try session.stat(subject.path("big"))?.size, equals: 5 << 20, "the session goes on")
        },
        .session("stat of a name that is not there is nil, and of a broken link is the link") { session, subject in
            symlink("nowhere", "\(subject.local)/broken")
            try demand(try session.stat(subject.path("absent")), equals: nil, "absent")
            try demand(try session.stat(subject.path("broken"))?.kind, equals: .link, "broken link")
        },
        .session("F24 a link, a pipe and a folder are not read, and do not hang") { session, subject in
            symlink("/etc/passwd", "\(subject.local)/link.csv")
            mkfifo("\(subject.local)/pipe.csv", 0o644)
            try session.makeFolder("\(subject.folder)/folder.csv")
            for name in ["link.csv", "pipe.csv", "folder.csv"] {
                try demandDiagnostic("FILE-NOT-REGULAR") { try session.read(subject.path(name)) { _ in } }
            }
        },
        .session("F18 a folder that is missing, a file or a link is an error, not an empty listing") { session, subject in
            try session.put(subject.path("file"), [])
            symlink(".", "\(subject.local)/link")
            try demandDiagnostic("FOLDER-MISSING") { _ = try session.names(in: "\(subject.folder)/absent") }
            try demandDiagnostic("FOLDER-EXPECTED") { _ = try session.names(in: "\(subject.folder)/file") }
            try demandDiagnostic("FOLDER-EXPECTED") { _ = try session.names(in: "\(subject.folder)/link") }
        },
        .session("a file that is gone is said to be missing") { session, subject in
            try demandDiagnostic("FILE-MISSING") { try session.read(subject.path("gone")) { _ in } }
        },
    ]

    private static func demandNames(_ names: [[UInt8]], _ session: any EndpointSession, _ subject: Subject) throws {
        for name in names { try session.put(RemotePath(folder: subject.folder, name: name), name) }

        var found: Set<[UInt8]> = []
        try session.list(folder: subject.folder) { found.insert($0.name) }

        try demand(found, equals: Set(names), "names")
        try demand(subject.localNames(), equals: Set(names), "names on the server's own machine")
        for name in names {
            try demand(try session.content(of: RemotePath(folder: subject.folder, name: name)), equals: name, "content")
        }
    }
}
