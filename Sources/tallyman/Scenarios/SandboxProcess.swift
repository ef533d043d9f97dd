import Domain
import Foundation

/// The stand-in shop as a program of its own, on a free port of this machine.
struct SandboxProcess: Sendable {
    let url: String
    private let process: Process

    /// Beside the program as a build leaves it, or where its own package puts it.
    static func path(besides folder: String) -> String? {
        ["\(folder)/magento-sandbox", "/usr/bin/magento-sandbox"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// - Parameter folder: where the program stands.
    static func start(besides folder: String) async throws -> SandboxProcess {
        guard let path = path(besides: folder) else { throw ChildProgram.missing("\(folder)/magento-sandbox") }
        let child = ChildProgram(path: path, folder: folder, environment: ["PATH": "/usr/bin:/bin"])
        let process = child.process(["--port", "0", "--seed", "empty", "--control"])
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw ChildProgram.missing(path) }
        let said = await firstLines(of: pipe)
        guard let url = said.firstMatch(of: #/http://[0-9.:]+/#) else {
            process.terminate()
            throw ChildProgram.missing(path)
        }
        return SandboxProcess(url: String(url.output), process: process)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// It says where it listens and with what credentials, and then nothing more. Reading blocks, so a thread of its own does it.
    private static func firstLines(of pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var said = Data()
                while !String(decoding: said, as: UTF8.self).contains("admin user") {
                    let more = pipe.fileHandleForReading.availableData
                    guard !more.isEmpty else { break }
                    said += more
                }
                continuation.resume(returning: String(decoding: said, as: UTF8.self))
            }
        }
    }
}
