import Domain
import Foundation

/// A program that stands beside this one.
struct ChildProgram: Sendable {
    struct Ending: Sendable {
        var exit: Int32
        var output: String
    }

    let path: String
    let folder: String
    let environment: [String: String]

    /// Runs it to its end; what it said on both outputs is kept in one.
    func run(_ arguments: [String], log: String) async throws -> Ending {
        let file = "\(folder)/\(log)"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        let process = self.process(arguments)
        process.standardOutput = output
        process.standardError = output
        let exit: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: Self.missing(path))
            }
        }
        try? output.close()
        return Ending(exit: exit, output: String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self))
    }

    func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        return process
    }

    static func missing(_ path: String) -> Diagnostic {
        Diagnostic(
            "SCENARIOS-PROGRAM", "the program cannot be started", at: .init(file: path),
            fix:
                "install the package tallyman-sandbox, or name a running sandbox with --shop"
        )
    }
}
