import Domain
import Testing

@testable import Formats

struct GenericStockTests {
    private let header = "sku,description,warehouse,on_hand,allocated,on_order,unit_price,updated\r\n"

    @Test func `a plain stock file becomes typed records`() throws {
        let profile = try SampleProfile.shipped("generic/stock")

        let file = try ReadFile(
            profile, header + "00472-BLK,\"Hinge 4\"\" butt, black\",MAIN,118.00,12,0,3.45,31/03/2026 00:30\r\n")

        #expect(file.codes == [])
        #expect(
            file.records.map(\.rows) == [
                [
                    // When the row was written is the file's own time, and no value of the record.
                    ["text:00472-BLK", "text:MAIN", "number:118", "number:12", "absent", "absent", "absent"]
                ]
            ])
        #expect(file.proof.records == 1)
        #expect(file.proof.endsWithLineEnd)
        #expect(file.proof.saysFull == true)
        #expect(file.proof.header.first == "sku")
    }

    @Test func `A3 the line account adds up to the file's size`() throws {
        let profile = try SampleProfile.shipped("generic/stock")
        let text =
            "\u{FEFF}" + header + "A,d,M,1,0,0,1,\r\n\r\n,,,,,,,\r\nB,\"two\r\nlines\",M,2,0,0,1,\r\n\u{1A}\u{0}\u{0}"

        let file = try ReadFile(profile, text)

        #expect(file.proof.lines.total == text.utf8.count)
        #expect(file.proof.lines.byteOrderMark == 3)
        #expect(file.proof.lines.header == header.utf8.count)
        #expect(file.proof.lines.blank == 11)
        #expect(file.proof.lines.padding == 3)
        #expect(file.records.map(\.origin.line) == [2, 5])
        #expect(file.records.map(\.origin.number) == [1, 2])
    }

    @Test func `a rejected record keeps its bytes and its key`() throws {
        let profile = try SampleProfile.shipped("generic/stock")

        let file = try ReadFile(profile, header + "A1,d,MAIN,12abc,0,0,1,\r\n")

        #expect(file.codes == ["NUMBER-FORMAT"])
        #expect(file.records[0].reason?.column == "on_hand")
        #expect(file.records[0].reason?.value == "12abc")
        #expect(file.records[0].rows[0][0] == "text:A1")
        #expect(file.records[0].rows[0][2] == "absent")
        #expect(file.records[0].original == Array("A1,d,MAIN,12abc,0,0,1,\r\n".utf8))
    }
}
