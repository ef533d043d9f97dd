import Foundation
import Glibc
import MagentoSandbox
import TestKit
import Testing

/// Output that cannot be written never ends the work: nobody reads, the disk is full, the caller has closed it.
struct OutputFaultTests {
    /// What is the matter with standard output and standard error, as the shell arranges it.
    enum Trouble: String, CaseIterable, CustomTestStringConvertible {
        case full = "exec >/dev/full 2>&1 && exec"
        case closed = "exec >&- 2>&- && exec"
        case allClosed = "exec <&- >&- 2>&- && exec"
        /// A reader that has gone before the first word, as `| head` soon does.
        case unread = "rm -f pipe && mkfifo pipe && { head -c 0 pipe & } && exec >pipe 2>&1 && wait && exec"
        case readOnly = "exec 1</dev/null 2</dev/null && exec"

        var testDescription: String { "\(self)".components(separatedBy: ".").last ?? "" }
    }

    private static func program(_ installation: Installation, _ trouble: Trouble) -> Program {
        var program = installation.program
        program.launcher = trouble.rawValue
        return program
    }

    private static func rejects(_ installation: Installation, minute: Int) throws {
        try installation.drop(
            "in\(minute).csv",
            [
                Installation.line("A", "1\(minute)"), Installation.line("B", "x1"), Installation.line("GHOST", "3"),
                Installation.line("C", "2\(minute)"),
            ],
            minute: minute)
    }

    @Test(arguments: Trouble.allCases)
    func `F89 F94 a run whose output nobody can write does its work, and its exit code tells how that went`(_ trouble: Trouble) async throws {
        try await Installation.with { installation in
            try Self.rejects(installation, minute: 1)
            let run = try await Self.program(installation, trouble).run(["run", "stock"])

            #expect(run.status == .exit(3), "\(run.all)")
            #expect(installation.quantity("A") == "11" && installation.quantity("C") == "21")
            #expect(try await installation.query(LedgerDump.unbalanced) == [])
            #expect(try await installation.query(LedgerDump.integrity) == ["('ok',)"])
            #expect(installation.names(in: "state/rejects").count == 1)
        }
    }

    @Test(arguments: Trouble.allCases)
    func `F89 F94 every command ends as it does otherwise when its output cannot be written`(_ trouble: Trouble) async throws {
        try await Installation.with { installation in
            try Self.rejects(installation, minute: 1)
            _ = try await installation.tallyman("run", "stock")
            let commands = [
                ["--help"], ["nonsense"], ["lint"], ["doctor"], ["status"], ["status", "--json"], ["alarms"], ["runs"], ["runs", "--json"],
                ["show", "1"], ["errors"],
                ["errors", "show", "1"], ["why", "A"], ["consignments"], ["mail"], ["audit"], ["audit", "--verify"], ["reconcile"],
                ["plan", "stock"], ["inspect", "archive/in1.csv"],
                ["discard", "1"], ["show", "999"],
            ]
            for arguments in commands {
                let usual = try await installation.program.run(arguments)
                let troubled = try await Self.program(installation, trouble).run(arguments)
                #expect(troubled.status == usual.status, "\(arguments): \(usual.all)\(troubled.all)")
            }
        }
    }

    @Test(arguments: Trouble.allCases)
    func `F89 F94 a service whose log cannot be written serves on`(_ trouble: Trouble) async throws {
        var settings = SettingsText()
        settings.flowLines = Installation.hourly
        try await Installation.with(settings: settings) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            let serve = try Self.program(installation, trouble).start(["serve"])
            for _ in 0..<3000 {
                if try await installation.query("SELECT 1 FROM slot WHERE state = 'ended'") != [] || serve.end.hasEnded { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(!serve.end.hasEnded)
            let (ending, _) = await installation.end(serve)

            #expect(ending.status == .exit(0), "\(ending.all)")
            #expect(installation.quantity("J") == "8")
        }
    }

    @Test func `F89 F94 a service whose log nobody reads any more serves on, and nobody has to come`() async throws {
        var settings = SettingsText()
        settings.flowLines = Installation.hourly
        try await Installation.with(settings: settings) { installation in
            try installation.dropTen()
            try await installation.makeDue()
            var program = installation.program
            // The pipe is filled to its brim, stays open, and is never read.
            program.launcher = "mkfifo pipe && exec 9<>pipe && { timeout 1 cat /dev/zero >&9; } ; exec >&9 && exec"
            let serve = try program.start(["serve"])
            for _ in 0..<3000 {
                if try await installation.query("SELECT 1 FROM slot WHERE state = 'ended'") != [] || serve.end.hasEnded { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            let (ending, _) = await installation.end(serve)

            #expect(ending.status == .exit(0), "\(ending.all)")
            #expect(installation.quantity("J") == "8")
        }
    }

    @Test func `F89 F94 where the output is the work, what could not be written is an error`() async throws {
        try await Installation.with { installation in
            try installation.drop("one.csv", "ABCDEFGHIJ".map { Installation.line(String($0), "8") }, minute: 1)
            for trouble in Trouble.allCases {
                let convert = try await Self.program(installation, trouble).run(["convert", "erp/out/one.csv", "--profile", "generic/stock"])
                #expect(convert.status == .exit(1), "\(trouble): \(convert.all)")
            }
            let whole = try await installation.tallyman("convert", "erp/out/one.csv", "--profile", "generic/stock")
            #expect(whole.exit == 0 && whole.output.split(whereSeparator: \.isNewline).count == 11, "\(whole.all)")
        }
    }
}
