import Foundation

/// Asks Python, an implementation of its own lineage, about many cases at once.
enum PythonAnswers {
    static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")

    /// Runs `script` with the path of a file that holds `input`; answers its standard output.
    static func ask(_ script: String, input: [UInt8]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.path() + "/tallyman-python-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(input).write(to: URL(filePath: folder + "/input"))
        try Data(script.utf8).write(to: URL(filePath: folder + "/ask.py"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [folder + "/ask.py", folder + "/input"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let answer = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(answer)
    }
}
