import Foundation
import TestKit
import Testing

/// The quick start and the first week, played from their pages: what they say to type is typed, and what they show is compared with what came.
struct QuickstartTests {
    private struct Step {
        var command: String
        var shown: [String]
    }

    /// What stands behind `$ ` in a page's console blocks, with the lines below it.
    private static func steps(of page: String) throws -> [Step] {
        var steps: [Step] = []
        var isConsole = false
        for line in try DocsProject.text("docs/\(page).md").split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2)), shown: []))
            } else if isConsole, line.hasPrefix("> ") {
                steps[steps.count - 1].command += "\n" + line.dropFirst(2)
            } else if isConsole, !steps.isEmpty {
                steps[steps.count - 1].shown.append(line)
            }
        }
        return steps
    }

    /// `…` stands for anything in a line, and alone for any lines.
    private static func pattern(_ lines: [String]) throws -> Regex<AnyRegexOutput> {
        let text = lines.map { line in
            line == "…"
                ? "(?:[^\\n]*\\n)*?"
                : line.split(separator: "…", omittingEmptySubsequences: false)
                    .map { NSRegularExpression.escapedPattern(for: String($0)) }.joined(separator: "[^\\n]*") + "\\n"
        }
        return try Regex("\\A\(text.joined())\\z")
    }

    /// One shell for all, as a person has one. Only the port is another: the page's may be taken on this machine.
    private static func play(_ steps: [Step], in folder: String, port: Int) throws -> [String] {
        let bin = URL(fileURLWithPath: Program.file).deletingLastPathComponent().path
        let mark = "-<played>-"
        var script = "cd '\(folder)'\nexport PATH='\(folder)/bin':'\(bin)':$PATH\nunset TALLYMAN_SETTINGS\n"
        for step in steps {
            script += "\(step.command)\n"
            if step.command.contains("init --example") { script += "sed -i s/:8089/:\(port)/ quickstart/tallyman.yaml\n" }
            // A person reads the line that says that the shop is ready before typing on.
            if step.command.hasSuffix("&") { script += "until grep -qs 'admin user' shop.txt; do kill -0 $! || exit 9; sleep 0.1; done\n" }
            script += "printf '%s\\n' '\(mark)'\n"
        }
        script += "kill $! 2>/dev/null\n"
        let files = TemporaryFolder()
        let path = files.write("played.sh", Array(script.utf8), mode: 0o700)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [path]
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "USER": "ann", "LANG": "C.UTF-8", "HOME": folder]
        let output = "\(folder)/output"
        try Data().write(to: URL(fileURLWithPath: output))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        // A terminal shows a line that ends as those of the ERP's files do like any other.
        let text = try String(contentsOfFile: output, encoding: .utf8).replacing(":\(port)", with: ":8089").replacing("\r\n", with: "\n")
        return text.components(separatedBy: "\(mark)\n")
    }

    @Test(arguments: ["quickstart", "first-week"])
    func `a page can be typed word for word, and shows what it says`(_ page: String) throws {
        let folder = TemporaryFolder()
        let port = LoopbackPort.free()
        _ = folder.write(
            "bin/magento-sandbox",
            Array(
                "#!/bin/sh\nexec '\(URL(fileURLWithPath: Program.file).deletingLastPathComponent().path)/magento-sandbox' \"$@\" --port \(port)\n"
                    .utf8),
            mode: 0o755)
        let steps = try Self.steps(of: page)
        let found = try Self.play(steps, in: folder.path, port: port)

        #expect(steps.count > 20)
        #expect(found.count == steps.count + 1)
        for (step, came) in zip(steps, found) {
            let wanted = try Self.pattern(step.shown)
            #expect(came.contains(wanted), "$ \(step.command)\n\(came)\nThe page shows:\n\(step.shown.joined(separator: "\n"))")
        }
    }

    @Test func `the first applied run takes ten commands at most`() throws {
        let commands = try Self.steps(of: "quickstart")
        let first = try #require(commands.firstIndex { $0.shown.contains { $0.contains("finished") } })
        #expect(first < 10)
    }
}
