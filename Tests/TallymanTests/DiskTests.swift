import Foundation
import MagentoSandbox
import Glibc
import TestKit
import Testing

/// Reliability F78: a state disk without room stops the program before an effect it could not write down.
struct DiskTests {
    /// Runs the program with its state folder on a disk of `size` kilobytes, in a mount namespace of its own.
    private static func cramped(_ installation: Installation, size: Int) async throws -> Program.Ending {
        var program = installation.program
        program.launcher = """
            exec unshare --mount /bin/sh -c 'mv state kept && mkdir state && mount -t tmpfs -o size=\(size)k none state && \
            cp -a kept/. state && "$@"; code=$?; cp -a state/. kept/; \
            for old in kept/*; do [ -e "state/${old##*/}" ] || rm -r "$old"; done; umount state; rmdir state; mv kept state; exit $code' sh
            """
        return try await program.run(["run", "stock"])
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount a small disk"))
    func `F78 at whatever byte the state disk is full, nothing is sent that is not written down, and with room it goes on alone`() async throws {
        let sizes = [0, 32, 64, 96] + Array(stride(from: 128, through: 256, by: 8)) + [512, 1024]
        var stopped = 0
        for extra in sizes {
            try await Installation.with { installation in
                try installation.drop("zero.csv", [Installation.line("A", "7")], minute: 1)
                let before = try await installation.tallyman("run", "stock")
                #expect(before.exit == 0, "\(before.all)")
                try installation.drop("one.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") }, minute: 2)
                let used = Int(try await Command.run(["du", "-sk", "--apparent-size", "\(installation.folder)/state"]).split(separator: "\t")[0])

                let full = try await Self.cramped(installation, size: (used ?? 0) / 4 * 4 + 24 + extra)
                let sent = installation.commits.count - 1
                let rest = try await installation.runToRest()
                let doctor = try await installation.tallyman("doctor", "--json").json()

                if full.exit != 0 { stopped += 1 }
                #expect([0, 75].contains(full.exit), "\(extra) KB: \(full.all)")
                #expect(sent == 0 || sent == 10)
                #expect(rest.exit == 0, "\(extra) KB: \(full.all)\(rest.all)")
                #expect(installation.commits.count == 11, "\(extra) KB: each figure once")
                for sku in "ABCDEFGHIJ" { #expect(installation.quantity(String(sku)) == "8") }
                #expect(doctor.elements?.first { $0["check"]?.text == "ledger" }?["verdict"]?.text == "good")
            }
        }
        #expect((2..<sizes.count).contains(stopped), "\(stopped) of the disks were too small")
        print("full disk: \(sizes.count) sizes, \(stopped) stopped the program")
    }

    @Test(arguments: [8, 64, 400])
    func `F78 a limit on file sizes stops the program, and without it everything is done`(blocks: Int) async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", (0..<2000).map { Installation.line("A\($0)", "8") } + [Installation.line("A", "8")], minute: 1)
            var program = installation.program
            program.launcher = "trap '' XFSZ && ulimit -f \(blocks) && exec"

            let limited = try await program.run(["run", "stock"])
            let sent = installation.commits
            var settings = installation.settings
            settings.gates = "{rejected: 100%, unknown: 100%}"
            try installation.write(settings)
            let rest = try await installation.runToRest()

            #expect(limited.exit != 0, "\(limited.all)")
            #expect(sent.isEmpty)
            #expect(rest.exit == 3, "\(rest.all)")
            #expect(installation.commits == ["A@main=8/1"])
        }
    }
}
