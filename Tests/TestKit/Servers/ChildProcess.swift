import Foundation
package import Glibc
package import Synchronization

/// A program run by a test, with its output in memory. It does not outlive the test process as long as it reads its
/// standard input: that is a pipe whose other end closes with us.
package final class ChildProcess: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    package let id: pid_t
    private let input: Mutex<Int32?>
    private let output = OutputLog()
    private let end: ChildEnd

    /// Starts `arguments[0]`, found on the PATH, with both outputs joined.
    package init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let (readInput, writeInput, readOutput, writeOutput, id) = try Self.starting.withLock { _ in
            try Self.start(arguments, environment)
        }
        close(readInput)
        close(writeOutput)
        self.id = id
        end = ChildEnd(of: id)
        input = Mutex(writeInput)
        let output = output
        Thread.detachNewThread { output.fill(from: readOutput) }
    }

    /// No program may be started between the making of a descriptor and its mark as ours alone: it would keep it open.
    /// Whoever starts programs in another way holds this meanwhile.
    package static let starting = Mutex(())

    private static func start(_ arguments: [String], _ environment: [String: String]) throws
        -> (readInput: Int32, writeInput: Int32, readOutput: Int32, writeOutput: Int32, id: pid_t)
    {
        let (readInput, writeInput) = try Self.pipe()
        let (readOutput, writeOutput) = try Self.pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, readInput, 0)
        posix_spawn_file_actions_adddup2(&actions, writeOutput, 1)
        posix_spawn_file_actions_adddup2(&actions, writeOutput, 2)
        // The test runner may block or ignore signals; the program must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        let variables = [path] + environment.map { "\($0.key)=\($0.value)" }
        let argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        let envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let result = posix_spawnp(&id, arguments[0], &actions, &attributes, argv, envp)
        guard result == 0 else {
            for end in [readInput, writeInput, readOutput, writeOutput] { close(end) }
            throw Failure(description: "\(arguments[0]): \(String(cString: strerror(result)))")
        }
        return (readInput, writeInput, readOutput, writeOutput, id)
    }

    deinit { closeInput() }

    /// Runs a program to its end and returns its output.
    /// - Throws: `Failure` with the output where its exit status is not 0.
    @discardableResult
    package static func run(
        _ arguments: [String],
        input text: String = "",
        environment: [String: String] = [:]
    ) throws -> String {
        let child = try ChildProcess(arguments, environment: environment)
        child.write(text)
        child.closeInput()
        _ = child.output(until: { _ in false })
        let status = child.waitForExit()
        guard status == 0 else { throw Failure(description: "\(arguments.joined(separator: " ")): status \(status)\n\(child.log)") }
        return child.log
    }

    /// Everything it wrote so far.
    package var log: String { output.text }

    package func write(_ text: String) {
        let bytes = Array(text.utf8)
        input.withLock { input in
            if let input, !bytes.isEmpty { _ = Glibc.write(input, bytes, bytes.count) }
        }
    }

    package func closeInput() {
        input.withLock { input in
            if let end = input { close(end) }
            input = nil
        }
    }

    /// Waits until `isEnough` of the whole log so far, or for the end. Returns whether it was enough.
    package func output(until isEnough: (String) -> Bool) -> Bool { output.wait(until: isEnough) }

    /// The exit status, or 128 and the signal.
    @discardableResult
    package func waitForExit() -> Int32 {
        let status = end.wait()
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw Failure(description: "pipe: \(String(cString: strerror(errno)))")
        }
        return (ends[0], ends[1])
    }
}

/// What a program wrote. Emptied all the time, because a full pipe would stop the program.
private final class OutputLog: Sendable {
    private let condition = NSCondition()
    private let state = Mutex((bytes: [UInt8](), isEnded: false))

    var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    func fill(from descriptor: Int32) {
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(descriptor, &piece, piece.count)
            condition.lock()
            state.withLock { state in
                if count > 0 { state.bytes += piece[..<count] } else { state.isEnded = true }
            }
            condition.broadcast()
            condition.unlock()
            if count <= 0 { break }
        }
        close(descriptor)
    }

    func wait(until isEnough: (String) -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let end = Date.now + 300
        while !isEnough(text) {
            if state.withLock({ $0.isEnded }) || !condition.wait(until: end) { return isEnough(text) }
        }
        return true
    }
}
