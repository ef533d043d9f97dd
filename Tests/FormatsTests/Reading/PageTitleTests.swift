import Domain
import TestKit
import Testing

@testable import Formats

/// Lines that a report prints on each page are passed over; what could be a record never is.
struct PageTitleTests {
    private static func profile(_ titles: String, encoding: String = "utf-8") throws -> Profile {
        try SampleProfile.make(
            profile:
                #"{"title": "T", "encoding": "\#(encoding)", "layout": {"preamble": 1, "page_titles": [\#(titles)]}, "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#,
            schema: #"{"fields": [{"name": "sku", "constraints": {"required": true}}, {"name": "name"}, {"name": "qty", "type": "number"}]}"#)
    }

    @Test(arguments: [TextEncoding.utf8, .windows1252, .utf16LittleEndian])
    func `titles and captions of each page are passed over and counted as header`(_ encoding: TextEncoding) throws {
        let text = "Dépôt,,Page 1\r\nsku,name,qty\r\nA,x,1\r\nDépôt,,Page 2\r\nsku,name,qty\r\nB,y,2\r\nDépôt,,Page 13\r\nsku,name,qty\r\nC,z,3\r\n"
        let bytes = encoding.encode(text).bytes
        let file = try ReadFile(Self.profile(#""Dépôt,,Page #""#, encoding: encoding.rawValue), bytes)

        #expect(file.values("sku") == ["text:A", "text:B", "text:C"])
        #expect(file.codes == [] && file.proof.records == 3)
        #expect(file.proof.lines.total == bytes.count)
        #expect(file.records.map(\.origin.line) == [3, 6, 9])
    }

    @Test(arguments: [
        "Depot,,Pages 2", "Depot,Page 2", "Depot,,Page 2 of 3", "depot,,Page 2", "Depot,,Page B", "Depot,x,Page 2", " Depot,,Page 2",
    ])
    func `a line that is like a title but not the same is rejected, not passed over`(_ line: String) throws {
        let file = try ReadFile(Self.profile(#""Depot,,Page #""#), "Depot,,Page 1\nsku,name,qty\nA,x,1\n\(line)\nB,y,2\n")

        #expect(file.values("sku") == ["text:A", "text:B"])
        #expect(file.codes.count == 1, "\(file.codes)")
    }

    @Test func `a row with a value in every column is a record, whatever the titles say`() throws {
        let file = try ReadFile(Self.profile(#""AB-#,Hinge,#""#), "T\nsku,name,qty\nAB-1,Hinge,5\nAB-2,Hinge,6\n")

        #expect(file.values("on_hand") == ["number:5", "number:6"])
    }

    @Test(arguments: ["", "#", "#,,#", "12,,3", ",,,", "# # #", "#;#|#", "\\\"#\\\",,#.#"])
    func `a title of digits and separators alone is refused, because a record may be like it`(_ title: String) throws {
        let found = #expect(throws: Diagnostic.self) { try Self.profile("\"Depot,,Page #\", \"\(title)\"") }

        #expect(found?.code == "PROFILE-VALUE" && found?.summary.contains("page_titles") == true, "\(String(describing: found))")
    }

    /// Some of the lines before each repeated header are the same but for their digits; the rows between them are records.
    @Test(arguments: 1...200)
    func `init takes no record for a title, however alike records are`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let width = Int.random(in: 2...5, using: &random)
        let names = (1..<width).map { "col \($0)" }
        let header = (["sku"] + names).joined(separator: ",")
        var lines = ["Report Page 1" + String(repeating: ",", count: width - 1), header]
        var records = 0
        for page in 2...4 {
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                records += 1
                // Every other cell may be empty, so that records look as bare as titles.
                let cells = names.map { _ in Bool.random(using: &random) ? "\(Int.random(in: 1...99, using: &random))" : "" }
                lines.append((["AB-\(records)"] + cells).joined(separator: ","))
            }
            if page < 4 {
                lines.append("Report Page \(page)" + String(repeating: ",", count: width - 1))
                lines.append(header)
            }
        }
        let report = FileInspector.inspect(Array(lines.map { $0 + "\n" }.joined().utf8), file: "sample.csv")
        let guess = try? FileGuess(Array(lines.map { $0 + "\n" }.joined().utf8), file: "sample.csv", known: [], name: "site/sample")
        let asksAboutTitles = guess?.questions.first { $0.key == "page_titles" }?.text.contains("AB-") == true

        #expect(report.records == records || asksAboutTitles, "\(lines)")
    }
}
