import Domain
import Testing

@testable import Formats

struct RejectWriterTests {
    /// A reject file of everything that was rejected in `file`.
    private func rejects(_ profile: Profile, _ file: ReadFile, _ originals: RejectWriter.Originals = .untouched)
        -> [UInt8]
    {
        let writer = RejectWriter(profile: profile, originals: originals)
        return writer.head(captions: file.proof.header)
            + file.rejected.flatMap { record -> [UInt8] in
                guard let reason = record.reason, let original = record.original else { return [] }
                return writer.row(original: original, line: record.origin.line, reason: reason)
            }
    }

    @Test func `the original bytes stay and five columns say what is wrong`() throws {
        let profile = try SampleProfile.make()
        let file = try ReadFile(profile, "sku,qty\nA,1\n\"B\",x\r\n")

        let text = String(decoding: rejects(profile, file), as: UTF8.self)

        #expect(
            text == "sku,qty,ErrorLine,ErrorField,ErrorValue,Reason,Fix\r\n"
                + "\"B\",x,3,qty,x,this is not a number,write a plain number such as 1234.50\r\n")
    }

    @Test(arguments: TextEncoding.allCases)
    func `a corrected reject file can be dropped back in every encoding`(encoding: TextEncoding) throws {
        let profile = try SampleProfile.make(
            profile: """
                {"title": "T", "encoding": "\(encoding.rawValue)", "header": {"unknown": "refuse"},
                 "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}
                """)
        let text = "sku,qty\r\nCafé-1,x\r\nB,2\r\n\"D\"\"é\",x"
        let file = try ReadFile(profile, encoding.byteOrderMark + encoding.encode(text).bytes)

        let written = rejects(profile, file)
        let corrected = written.replacing(encoding.encode(",x,").bytes, with: encoding.encode(",7,").bytes)
        let again = try ReadFile(profile, corrected)

        #expect(file.codes == ["NUMBER-FORMAT", "NUMBER-FORMAT"])
        #expect(again.codes == [])
        #expect(again.values("sku") == ["text:Café-1", "text:D\"é"])
        #expect(again.values("on_hand") == ["number:7", "number:7"])
    }

    @Test func `an uncorrected reject file is rejected again for the same reasons, with one set of columns`() throws {
        let profile = try SampleProfile.make()
        let file = try ReadFile(profile, "sku,qty\nA,x\nB\nC,1,2\nD\"x,1\n")

        let again = try ReadFile(profile, rejects(profile, file))
        let third = rejects(profile, again)

        #expect(file.codes == ["NUMBER-FORMAT", "ROW-RAGGED", "ROW-RAGGED", "CSV-QUOTE-STRAY"])
        #expect(again.codes == file.codes)
        #expect(
            String(decoding: third, as: UTF8.self).split(separator: "\r\n").first
                == "sku,qty,ErrorLine,ErrorField,ErrorValue,Reason,Fix")
    }

    @Test func `without a header the added cells are known by their first one`() throws {
        let profile = try SampleProfile.make(dialect: #"{"header": false, "delimiter": "\t", "quoteChar": null}"#)
        let file = try ReadFile(profile, "A\t1\nB\tx\n")

        let written = rejects(profile, file)
        let again = try ReadFile(profile, written.replacing(Array("\tx\t".utf8), with: Array("\t7\t".utf8)))

        #expect(String(decoding: written, as: UTF8.self).hasPrefix("B\tx\tline 2\tqty\t"))
        #expect(again.codes == [])
        #expect(again.values("on_hand") == ["number:7"])
        #expect(try ReadFile(profile, "A\t1\ta\tb\tc\td\te\n").codes == ["ROW-RAGGED"])
    }

    @Test(arguments: ["=1+1", "+cmd", "-x", "@SUM", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
    func `S10 a cell that a spreadsheet would run gets an apostrophe`(text: String) {
        #expect(FormulaSafety.neutralised(Array(text.utf8)) == Array("'\(text)".utf8))
    }

    @Test(arguments: ["", "1", "-5", "+3.5", "abc", "a=b", "'=1", "-0.5"])
    func `S10 numbers and plain texts stay as they are`(text: String) {
        #expect(FormulaSafety.neutralised(Array(text.utf8)) == Array(text.utf8))
    }

    @Test func `S10 added cells are always safe, the record's own only where asked`() throws {
        let profile = try SampleProfile.make()
        // The guard in front of the code is the first fault of the record.
        let file = try ReadFile(profile, "sku,qty\n=cmd(),=2\n")

        let untouched = String(decoding: rejects(profile, file), as: UTF8.self)
        let safe = String(decoding: rejects(profile, file, .formulaSafe), as: UTF8.self)

        #expect(untouched.contains("\r\n=cmd(),=2,2,sku,'=cmd(),"))
        #expect(safe.contains("\r\n'=cmd(),'=2,2,sku,'=cmd(),"))
    }
}
