import Domain
import Testing

@testable import Formats

/// Reject files of random files: nothing of a record is lost on the way to the person who corrects it.
struct RejectRoundTripTests {
    @Test(arguments: 0..<30)
    func `the rejected records of a random file come back with their bytes, in order`(seed: Int) throws {
        var generator = SeededGenerator(seed: seed)
        let encoding = TextEncoding.allCases[seed % TextEncoding.allCases.count]
        let profile = try SampleProfile.make(
            profile: """
                {"title": "T", "encoding": "\(encoding.rawValue)",
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """)
        let pieces = [
            "A,1\r\n", "\"B\r\nx\",2\n", "C,=1+1\n", "D\r\n", "E,1,2\n", "F\"x,1\n", "\"\"\"G\"\"\",no\r", "é,nein\n",
            "H,#N/A\r\n",
        ]
        let text = "sku,qty\r\n" + (0..<25).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
        let file = try ReadFile(profile, encoding.byteOrderMark + encoding.encode(text).bytes)
        let writer = RejectWriter(profile: profile)
        var written = writer.head(captions: file.proof.header)
        for record in file.rejected {
            guard let reason = record.reason, let original = record.original else { continue }
            written += writer.row(original: original, line: record.origin.line, reason: reason)
        }

        let again = try ReadFile(profile, written)

        #expect(again.codes == file.codes, "seed \(seed)")
        #expect(again.records.map { $0.rows[0][0] } == file.rejected.map { $0.rows[0][0] })
        for (left, right) in zip(again.records, file.rejected) {
            let content = (right.original ?? []).dropLast(encoding.isUTF16 ? 2 : 1)
            #expect(left.original?.starts(with: content.dropLast(encoding.isUTF16 ? 2 : 1)) == true)
        }
    }

    @Test func `a reject file of a reject file keeps one set of columns and the same cells`() throws {
        let profile = try SampleProfile.make()
        let first = try ReadFile(
            profile,
            "sku,qty,ErrorLine,ErrorField,ErrorValue,Reason,Fix\nA,x,9,qty,x,why,mend\nB,5,9,qty,x,why,mend\nC,6\n")

        #expect(first.codes == ["NUMBER-FORMAT"])
        #expect(first.values("sku") == ["text:B", "text:C"])
        #expect(
            RejectWriter(profile: profile).head(captions: first.proof.header)
                == Array("sku,qty,ErrorLine,ErrorField,ErrorValue,Reason,Fix\r\n".utf8))
    }
}
