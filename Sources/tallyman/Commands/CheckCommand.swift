import ArgumentParser
import Domain
import Formats
import Foundation

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a file through a profile and say what would be rejected; no settings, no shop.",
        discussion: Examples.of("check")
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @Option(help: "The file's profile, such as sage50/stock.", completion: Suggestions.profiles) var profile: String
    @Option(help: "The folder of the profiles.") var profiles: String?
    @Option(help: "How many rejected records to list.") var limit = 20
    @Flag(help: "Answer in JSON.") var json = false

    struct View: Encodable {
        struct Rejected: Encodable {
            var line: Int
            var code: String
            var column: String?
            var value: String?
            var reason: String
            var fix: String
        }

        var records: Int
        var rejected: Int
        var claimedRecords: Int?
        var bytes: [String: Int]
        var first: [Rejected]
    }

    func run() throws {
        let folders = [profiles, InstalledData.profiles(ProcessInfo.processInfo.environment)].compactMap { $0 }
        let profile = try ProfileCatalogue(folders: folders).profile(named: profile)
        let context = ReadContext(fileName: file, modified: UTCInstant(milliseconds: 0))
        var view = View(records: 0, rejected: 0, claimedRecords: nil, bytes: [:], first: [])
        let proof = try profile.check(FileByteSource(path: file), context: context) { origin, reason in
            view.rejected += 1
            guard view.first.count < limit else { return }
            view.first.append(
                View.Rejected(
                    line: origin.line, code: reason.code, column: reason.column, value: reason.value, reason: reason.text, fix: reason.fix))
        }
        view.records = proof.records
        view.claimedRecords = proof.claimedRecords
        view.bytes = [
            "header": proof.lines.header, "preamble": proof.lines.preamble, "records": proof.lines.records,
            "blank": proof.lines.blank, "comment": proof.lines.comment, "trailer": proof.lines.trailer,
            "padding": proof.lines.padding, "byteOrderMark": proof.lines.byteOrderMark,
        ]
        try show(view, findings: profile.findings(proof))
    }

    private func show(_ view: View, findings: [Diagnostic]) throws {
        let output = Output(json ? .json : .text)
        if json {
            try output.json(view)
        } else {
            output.line("\(view.records) records, \(view.rejected) rejected")
            output.table(
                ["line", "code", "column", "value", "reason", "fix"],
                view.first.map { ["\($0.line)", $0.code, $0.column ?? "", $0.value ?? "", $0.reason, $0.fix] }
            )
        }
        for finding in findings { DiagnosticPrinter.print(finding) }
        if !findings.isEmpty { throw ExitStatus.failed }
        if view.rejected > 0 { throw ExitStatus.rejects }
    }
}
