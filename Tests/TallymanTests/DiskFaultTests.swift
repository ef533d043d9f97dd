import Foundation
import Glibc
import MagentoSandbox
import Testing

/// Reliability F79 to F82: a disk that refuses calls. The calls are made to fail in the program itself, by `strace`.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "strace makes calls fail"))
struct DiskFaultTests {
    /// Runs the flow while `call` fails with `error` from its `first` time on, every `step` times.
    private static func failing(_ installation: Installation, _ call: String, _ error: String, first: Int, step: Int?) async throws -> Program.Ending
    {
        var program = installation.program
        let when = step.map { "\(first)+\($0)" } ?? "\(first)"
        program.launcher = "exec strace -f -qq -o /dev/null -e trace=\(call) -e inject=\(call):error=\(error):when=\(when)"
        return try await program.run(["run", "stock"])
    }

    private static func with(_ body: (Installation) async throws -> Void) async throws {
        try await Installation.with { installation in
            try installation.drop("zero.csv", [Installation.line("A", "7")], minute: 1)
            let before = try await installation.tallyman("run", "stock")
            #expect(before.exit == 0, "\(before.all)")
            try installation.drop("one.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") }, minute: 2)
            try await body(installation)
        }
    }

    /// With the disk well again the next calls bring everything to its end: each figure once, books and ledger in order.
    private static func expectGoodEnd(_ installation: Installation, _ trouble: Program.Ending, _ what: String) async throws {
        let rest = try await installation.runToRest()
        #expect(rest.exit == 0, "\(what): \(trouble.all)\(rest.all)")
        for sku in "ABCDEFGHIJ" { #expect(installation.quantity(String(sku)) == "8", "\(what): \(sku)") }
        #expect(Set(installation.commits).count == installation.commits.count, "\(what): \(installation.commits)")
        #expect(try await installation.query(LedgerDump.unbalanced) == [], "\(what)")
        #expect(try await installation.query(LedgerDump.integrity) == ["('ok',)"], "\(what)")
    }

    @Test(arguments: ["fsync", "fdatasync", "pwrite64"])
    func `F79 a disk that fails stops the run before an effect that is not written down, and the next call goes on`(_ call: String) async throws {
        var stopped = 0
        for first in [1, 2, 4, 7, 12] {
            try await Self.with { installation in
                let trouble = try await Self.failing(installation, call, "EIO", first: first, step: 1)
                if trouble.exit != 0 {
                    stopped += 1
                    #expect(trouble.errors.contains("-") && [1, 75].contains(trouble.exit), "\(first): \(trouble.all)")
                }
                try await Self.expectGoodEnd(installation, trouble, "\(call) from \(first)")
            }
        }
        #expect(stopped > 0 || call == "fdatasync", "\(call) never mattered")
    }

    @Test(arguments: ["write", "pwrite64", "pread64"])
    func `F80 calls that are interrupted again and again are made again, and nothing is short`(_ call: String) async throws {
        try await Self.with { installation in
            let run = try await Self.failing(installation, call, "EINTR", first: 3, step: 5)

            #expect(run.exit == 0, "\(run.all)")
            try await Self.expectGoodEnd(installation, run, call)
        }
    }

    @Test(arguments: ["ENOSPC", "EXDEV", "EROFS"])
    func `F81 a rename that fails is told, and the spool has no half file`(_ error: String) async throws {
        try await Self.with { installation in
            let run = try await Self.failing(installation, "rename,renameat,renameat2", error, first: 1, step: 1)
            let spool = installation.names(in: "state/spool")

            #expect(run.exit != 0 && run.errors.contains("SPOOL-FAILED"), "\(run.all)")
            #expect(spool.count == 1, "only the file of before: \(spool)")
            try await Self.expectGoodEnd(installation, run, error)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may make a folder read-only under a program"))
    func `F82 a state folder that became read-only stops the run with its name, and nothing is sent`() async throws {
        try await Self.with { installation in
            var program = installation.program
            program.launcher = "exec unshare --mount /bin/sh -c 'mount --bind state state && mount -o remount,ro,bind state && exec \"$@\"' sh"

            let run = try await program.run(["run", "stock"])

            #expect(run.exit == 1 && run.errors.contains("LEDGER-ACCESS"), "\(run.all)")
            #expect(installation.commits.count == 1)
            try await Self.expectGoodEnd(installation, run, "read-only")
        }
    }
}
