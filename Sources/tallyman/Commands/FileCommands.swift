import ArgumentParser
import Domain
import Formats
import Foundation

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what a file is: encoding, dialect, header, types, troubles.", discussion: Examples.of("inspect")
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @Flag(help: "Answer in JSON.") var json = false

    func run() throws {
        let output = Output(json ? .json : .text)
        let report = try FileInspector.inspect(file)
        if json { return try output.json(InspectionView(report)) }
        output.line(output.styled(report.file, .strong) + " · \(report.size) bytes")
        output.line("  \(report.verdict)")
        if let encoding = report.encoding {
            output.line("  encoding: \(encoding.name) (\(encoding.confidence.rawValue): \(encoding.evidence))")
        }
        output.line(
            "  line ends: \(report.lineEnds), separator: \(InspectionView.character(report.separator)), quote: \(InspectionView.character(report.quote)), header: \(report.headerLine.map { "line \($0)" } ?? "none")"
        )
        output.table(
            ["column", "type", "format", "example", "evidence"],
            report.columns.map { [$0.caption, $0.type, $0.format ?? "", $0.example, $0.evidence] }
        )
        for trouble in report.troubles {
            let lines = trouble.lines.isEmpty ? "" : " (lines \(trouble.lines.map(String.init).joined(separator: ", ")))"
            output.line(output.styled("  ! \(trouble.code): \(trouble.text)\(lines)", .warning))
        }
    }
}

/// The JSON form of an inspection.
struct InspectionView: Encodable {
    var file: String
    var size: Int
    var verdict: String
    var encoding: String?
    var lineEnds: String
    var separator: String
    var quote: String
    var headerLine: Int?
    var records: Int
    var columns: [[String: String]]
    var troubles: [[String: String]]

    init(_ report: InspectionReport) {
        file = report.file
        size = report.size
        verdict = report.verdict
        encoding = report.encoding?.name
        lineEnds = report.lineEnds
        separator = Self.character(report.separator)
        quote = Self.character(report.quote)
        headerLine = report.headerLine
        records = report.records
        columns = report.columns.map { ["caption": $0.caption, "type": $0.type, "format": $0.format ?? "", "example": $0.example] }
        troubles = report.troubles.map { ["code": $0.code, "text": $0.text, "lines": $0.lines.map(String.init).joined(separator: " ")] }
    }

    static func character(_ byte: UInt8?) -> String {
        guard let byte else { return "none" }
        return byte == 9 ? "tab" : Escaped([byte]).description
    }
}

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn the good records of a file of any profile into clean CSV: RFC 4180, UTF-8, one header. What check rejects is left out.",
        discussion: Examples.of("convert")
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @Option(help: "The file's profile, such as sage50/stock.", completion: Suggestions.profiles) var profile: String
    @Option(help: "The folder of the profiles.") var profiles: String?
    @Option(name: .shortAndLong, help: "Where to write; standard output unless given.") var output: String?

    func run() throws {
        let folders = [profiles, InstalledData.profiles(ProcessInfo.processInfo.environment)].compactMap { $0 }
        let profile = try ProfileCatalogue(folders: folders).profile(named: profile)
        let target = try output.map { path in
            guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else {
                throw Self.unwritten(path)
            }
            return file
        }
        var rejected = 0
        let context = ReadContext(fileName: file, modified: UTCInstant(milliseconds: 0))
        var bad: Set<Int> = []
        _ = try profile.check(FileByteSource(path: file), context: context) { origin, reason in
            rejected += 1
            bad.insert(origin.number)
            StandardStream.error.write("\(file):\(origin.line): \(reason.code): \(reason.text)\n  → \(reason.fix)\n")
        }
        let proof = try Converter(profile, leavingOut: bad).convert(
            FileByteSource(path: file), context: context,
            write: { bytes in
                if let target {
                    do { try target.write(contentsOf: bytes) } catch { throw Self.unwritten(output ?? "") }
                } else if !StandardStream.output.write(bytes) || StandardStream.wasOutputClosed {
                    // Here the output is the work.
                    throw Self.unwritten("standard output")
                }
            },
            // What cannot be taken apart was found by the check, too.
            reject: { _, _ in }
        )
        StandardStream.error.write("\(proof.records) records, \(rejected) rejected\n")
        if rejected > 0 { throw ExitStatus.rejects }
    }

    private static func unwritten(_ place: String) -> Diagnostic {
        Diagnostic(
            "CONVERT-OUTPUT", "the file cannot be written, or not all of it", at: .init(file: place),
            fix: "check the folder's rights and the free space; a program that reads only the beginning ends the conversion, too")
    }
}
