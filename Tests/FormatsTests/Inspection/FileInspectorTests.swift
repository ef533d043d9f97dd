import Domain
import Foundation
import Testing

@testable import Formats

private let areMessyFilesPresent = ProjectFolder.hasShared("data/messytables-horror")

struct FileInspectorTests {
    private func inspect(_ bytes: [UInt8]) -> InspectionReport { FileInspector.inspect(bytes, file: "sample.csv") }
    private func inspect(_ text: String) -> InspectionReport { inspect(Array(text.utf8)) }

    @Test func `a clean file has a clean verdict`() {
        let report = inspect("sku,qty,when\r\n00472,5,21/11/2026\r\nAB,6,01/02/2026\r\n")

        #expect(
            report.verdict
                == "ascii text (certain), separated by comma, no quotes, line ends CRLF, header in line 1, 3 columns, 2 records; no trouble found."
        )
        #expect(report.columns.map(\.type) == ["string", "integer", "date"])
        #expect(report.columns[2].format == "%d/%m/%Y")
        #expect(report.columns[2].evidence.hasPrefix("day first"))
    }

    @Test func `day and month stay undecided where no value decides`() {
        let undecided = inspect("sku,when\nA,01/02/2026\nB,03/04/2026\n")
        let american = inspect("sku,when\nA,01/22/2026\nB,03/04/2026\n")

        #expect(undecided.columns[1].evidence.contains("undecided"))
        #expect(american.columns[1].format == "%m/%d/%Y")
    }

    @Test(arguments: [TextEncoding.utf8, .windows1252, .codePage850], [false, true])
    func `fixed widths are seen in characters, also where blanks at the ends of lines were cut off`(_ encoding: TextEncoding, _ isCut: Bool) {
        let names = ["Hinge", "Café table", "Clé à molette", "Rope", "Tréteau"]
        let lines = names.enumerated().map { index, name in
            let line =
                "AB-\(index)  " + name.padding(toLength: 20, withPad: " ", startingAt: 0) + "   \(10 + index)" + (index == 2 ? "  note" : "      ")
            return isCut ? String(line.reversed().drop { $0 == " " }.reversed()) : line
        }
        let report = inspect(encoding.encode(lines.map { $0 + "\r\n" }.joined()).bytes)

        #expect(report.troubles.map(\.code).contains("FIXED-WIDTH"), "\(report.verdict)")
    }

    @Test(arguments: [
        ["The quick brown fox", "jumps over the lazy dog", "and runs away from it", "into the wood again", "where it lives alone"],
        ["AB-1", "AB-2", "AB-3", "AB-4", "AB-5"], ["AB 1 x", "AB 2 y", "AB 3"],
    ])
    func `sentences and single codes are no fixed widths`(_ lines: [String]) {
        #expect(!inspect(lines.map { $0 + "\n" }.joined()).troubles.map(\.code).contains("FIXED-WIDTH"))
    }

    @Test(arguments: [
        (TextEncoding.windows1252, "windows-1252"), (.codePage850, "cp850"), (.utf8, "utf-8"),
        (.utf16LittleEndian, "utf-16le"), (.utf16BigEndian, "utf-16be"),
    ])
    func `F38 encodings are told apart with their evidence`(encoding: TextEncoding, name: String) {
        let text = "code,text\r\n1,Café crème £5\r\n2,déjà vu\r\n3,Müller señor\r\n"
        let report = inspect(encoding.encode(text).bytes)

        #expect(report.encoding?.name == name)
        #expect(report.encoding?.evidence.isEmpty == false)
        #expect(report.columns.count == 2)
    }

    @Test(arguments: [
        ("a,b\n1,2\n3\n", "ROWS-RAGGED"), ("a,b\n1,\u{0}\n", "NUL-BYTES"), ("a,b\n1,2\n\u{1A}", "CTRL-Z"),
        ("a,a\n1,2\n", "CAPTIONS-REPEATED"),
        ("a,b\n1,\"2\n", "QUOTE-OPEN"), ("a,b\n1,4\" x\n", "QUOTES-STRAY"), ("a,b\r\n1,2\n", "LINE-ENDS-MIXED"),
        ("a,b\n1,2", "NO-FINAL-LINE-END"),
        ("a,b\n1E+05,2\n", "EXCEL-DAMAGE"), ("", "FILE-EMPTY"), ("<?xml version=\"1.0\"?>", "XML-CUT"),
        ("a,b\nx,1\nTotal,1\n", "TRAILER-MAYBE"),
        ("a,b,\n1,2,3\n", "CAPTIONS-EMPTY"), ("Report\n\na,b\nx,1\ny,2\n", "PREAMBLE"),
        ("a,b\n1,Â£5\n2,Ã©\n", "ENCODING-DOUBLE"),
    ])
    func `troubles are found and told in the verdict`(text: String, code: String) throws {
        let report = inspect(text)

        let trouble = try #require(report.troubles.first { $0.code == code }, "\(report.troubles)")
        #expect(!trouble.text.isEmpty)
        #expect(!report.verdict.isEmpty)
    }

    @Test func `F38 single bytes in a UTF-8 file are mixed encodings, with their lines`() throws {
        let report = inspect(Array("a,b\n1,é\n2,é\n3,é\n4,é\n5,é\n6,".utf8) + [0xA3] + Array("\n".utf8))

        let trouble = try #require(report.troubles.first { $0.code == "ENCODING-MIXED" })
        #expect(trouble.lines == [7])
    }

    @Test(arguments: [(";", "semicolon"), ("\t", "tab"), ("|", "pipe"), ("~", "'~'")])
    func `F41 other separators are recognised`(separator: String, name: String) {
        let report = inspect("date,x\nsku,qty\nA,1\nB,2\n".replacing(",", with: separator))

        #expect(report.separator == separator.utf8.first)
        #expect(report.verdict.contains("separated by \(name)"))
    }

    @Test(
        .enabled(if: areMessyFilesPresent, "the messy corpora are not beside the project"),
        arguments: ["messytables-horror", "online-retail"])
    func `every messy file gets a verdict that names encoding, dialect and trouble`(folder: String) throws {
        for name in ProjectFolder.sharedFiles("data/\(folder)") {
            let report = try FileInspector.inspect("\(ProjectFolder.shared)/data/\(folder)/\(name)")

            #expect(report.verdict.hasSuffix("."), "\(name)")
            #expect(report.encoding != nil || report.verdict.contains("encoding"), "\(name): \(report.verdict)")
            #expect(report.verdict.contains("trouble") || report.encoding == nil, "\(name): \(report.verdict)")
        }
    }

    @Test(
        .enabled(if: areMessyFilesPresent, "the messy corpora are not beside the project"),
        arguments: [
            ("messytables-horror/utf-16le_encoded.csv", "utf-16le", ","),
            ("messytables-horror/simple.psv", "ascii", "|"),
            ("messytables-horror/simple.ssv", "ascii", ";"), ("messytables-horror/example.tsv", "ascii", "\t"),
            ("messytables-horror/characters.csv", "big5 or another double-byte page", ","),
            ("messytables-horror/spanish_chars.csv", "windows-1252", ","),
            ("messytables-horror/sparse_with_column_errors.csv", "windows-1252", ","),
            ("messytables-horror/utf8bom.csv", "utf-8", ","),
            ("messytables-horror/weird_head_padding.csv", "utf-8", ";"),
            ("online-retail/online_retail_raw_CR_truncated.csv", "ascii", ","),
        ])
    func `known messy files are recognised`(path: String, encoding: String, separator: String) throws {
        let report = try FileInspector.inspect("\(ProjectFolder.shared)/data/\(path)")

        #expect(report.encoding?.name == encoding, "\(report.verdict)")
        #expect(report.separator == separator.utf8.first, "\(report.verdict)")
    }

    @Test(arguments: 0..<60)
    func `noise of any kind gets a verdict and never a crash`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        let alphabets: [[UInt8]] = [
            Array(0...255), Array("ab,;\"\r\n\t 0/1".utf8), [0, 65, 0, 10, 0x80, 0xFF, 0xFE], Array(0x80...0xFF),
        ]
        let alphabet = alphabets[seed % 4]

        let report = inspect(
            (0..<Int.random(in: 1...600, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
        )

        #expect(!report.verdict.isEmpty)
    }
}
