import Foundation
import Glibc
import MagentoSandbox
import Synchronization
import TestKit

/// The built `tallyman`, run as cron or a person runs it: a process of its own, in a folder, with an environment that holds
/// nothing but what the test gives.
struct Program: Sendable {
    /// The folder it runs in; its outputs are kept in `logs` below it.
    let folder: String
    var environment: [String: String]
    /// How the shell hands over to the program; a test that limits it says, for one, `ulimit -f 64 && exec`.
    var launcher = "exec"

    /// Beside the test bundle, where the build puts every product.
    static let file = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("tallyman").path

    /// What came of one command.
    struct Ending: Sendable {
        var arguments: [String]
        var output: String
        var errors: String
        var status: Status

        enum Status: Hashable, Sendable {
            case exit(Int32)
            case signal(Int32)
        }

        var exit: Int32? { if case .exit(let code) = status { code } else { nil } }

        /// The output without what differs from one run of the test to the next: `<time>` stands for each moment told as the shop's clocks
        /// show it, `<folder>` for the installation's.
        func stable(in folder: String) -> String { Self.stable(output, folder) }
        func stableErrors(in folder: String) -> String { Self.stable(errors, folder) }

        private static func stable(_ text: String, _ folder: String) -> String {
            text.replacing(#/\b\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d\b/#, with: "<time>").replacing(folder, with: "<folder>")
        }

        /// The output as JSON. Throws where it is none.
        func json() throws -> JSONValue { try JSONParser.parse(Array(output.utf8)) }

        /// Everything a person saw, for messages of tests.
        var all: String { "tallyman \(arguments.joined(separator: " ")) → \(status)\n\(output)\(errors)" }
    }

    struct DidNotStart: Error {
        var reason: String
    }

    /// Runs it to its end.
    func run(_ arguments: [String], adding extra: [String: String] = [:]) async throws -> Ending {
        try await start(arguments, adding: extra).ending()
    }

    func start(_ arguments: [String], adding extra: [String: String] = [:]) throws -> Started {
        let log = "\(folder)/logs/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(folder)/logs", withIntermediateDirectories: true)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log + ".out", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, log + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // The test runner may block or ignore signals; the program must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var every = sigset_t()
        sigfillset(&every)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let standard = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "USER": "ann", "LANG": "C.UTF-8"]
        let variables = standard.merging(environment) { $1 }.merging(extra) { $1 }.map { "\($0.key)=\($0.value)" }
        // The shell sets the place and the limits and is then replaced by the program, under the same number.
        let shell = ["/bin/sh", "-c", "cd \"$0\" && \(launcher) \"$@\"", folder, Self.file]
        let argv: [UnsafeMutablePointer<CChar>?] = (shell + arguments).map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let result = ChildProcess.starting.withLock { _ in posix_spawn(&id, "/bin/sh", &actions, &attributes, argv, envp) }
        guard result == 0 else { throw DidNotStart(reason: "\(Self.file): \(String(cString: strerror(result)))") }
        return Started(id: id, arguments: arguments, log: log, end: ChildEnd(of: id, isKilledWhenForgotten: true))
    }

    /// A program that is running, until `ending()` was awaited or nobody knows of it any more.
    struct Started: Sendable {
        let id: pid_t
        let arguments: [String]
        let log: String
        let end: ChildEnd

        /// Waits on a thread of its own: the sandbox answers on the threads that tests run on.
        func ending() async -> Ending {
            let status = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let status = end.wait()
                    let ended: Ending.Status = status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
                    continuation.resume(returning: ended)
                }
            }
            return Ending(arguments: arguments, output: text(".out"), errors: text(".err"), status: status)
        }

        private func text(_ end: String) -> String {
            String(decoding: FileManager.default.contents(atPath: log + end) ?? Data(), as: UTF8.self)
        }
    }
}
