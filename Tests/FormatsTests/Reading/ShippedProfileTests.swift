import Domain
import Foundation
import Testing

@testable import Formats

private let isAdventureWorksPresent = ProjectFolder.hasShared("data/adventureworks/ProductInventory.csv")

/// The profiles that come with the program, on samples in their own encodings.
struct ShippedProfileTests {
    @Test func `Sage 50 stock in Windows-1252 with inch marks, groups and trailing minus`() throws {
        let file = try ReadFile(
            SampleProfile.shipped("sage50/stock"), ProjectFolder.bytes("\(ProjectFolder.fixtures)/sage50-stock.csv"))

        #expect(file.codes == ["EXCEL-DAMAGE", "ROW-RAGGED", "NUMBER-FORMAT"])
        #expect(file.values("sku") == ["text:00472-BLK", "text:AB/1000", "text:CAFÉ-£2", "text:TOTAL"])
        #expect(file.values("on_hand") == ["number:1118", "number:-3", "number:0", "number:4"])
        #expect(file.values("allocated") == ["number:12", "number:0", "number:0", "number:0"])
        #expect(file.proof.lines.total == 555)
    }

    @Test func `warehouses in columns become rows, in the order of the header`() throws {
        let profile = try SampleProfile.shipped("sage50/stock-pivoted")
        let text =
            "Stock Code,Description,WH LDS Qty,WH LDS Allocated,wh bhm qty,WH bhm Allocated\r\nA,x,5,1,,\r\nB,y,z,0,7,0\r\n"

        let file = try ReadFile(profile, text)

        #expect(
            file.records[0].rows.map { [$0[0], $0[1], $0[2], $0[3]] } == [
                ["text:A", "text:LDS", "number:5", "number:1"], ["text:A", "text:bhm", "blank", "blank"],
            ])
        #expect(file.records[1].rows.count == 2)
        #expect(file.records[1].rows[1][2] == "number:7")
        #expect(file.codes == ["NUMBER-FORMAT"])
        #expect(file.rejected[0].reason?.column == "WH LDS Qty")
    }

    @Test func `a pivoted file that lost one of a warehouse's columns is refused by its caption`() throws {
        let profile = try SampleProfile.shipped("sage50/stock-pivoted")

        #expect { try ReadFile(profile, "Stock Code,Description,WH LDS Qty\r\nA,x,5\r\n") } throws: {
            ($0 as? Diagnostic)?.summary.contains("'WH LDS Allocated'") == true
        }
        #expect { try ReadFile(profile, "Stock Code,Description\r\nA,x\r\n") } throws: {
            ($0 as? Diagnostic)?.code == "HEADER-COLUMN-MISSING"
        }
    }

    @Test(.enabled(if: isAdventureWorksPresent, "the AdventureWorks tables are not beside the project"))
    func `the AdventureWorks inventory reads without a reject, several bins per product`() throws {
        let bytes = try ProjectFolder.bytes(ProjectFolder.shared + "/data/adventureworks/ProductInventory.csv")
        let profile = try SampleProfile.shipped("adventureworks/product-inventory")

        let file = try ReadFile(profile, bytes)

        #expect(file.codes == [])
        #expect(file.records.count == bytes.split(separator: 0x0A).count)
        #expect(file.proof.lines.records == bytes.count)
        #expect(profile.statedDuplicateKeys == .sum)
        #expect(
            file.records[0].rows[0] == [
                "text:1", "text:1", "number:408", "absent", "absent", "absent", "absent",
            ])
        #expect(file.proof.eventTime != nil)
        #expect(profile.findings(file.proof).isEmpty)
    }

    @Test func `F32 a shipped layout cut anywhere is refused, held or loses whole records only`() throws {
        let profile = try SampleProfile.shipped("sage50/stock")
        let bytes = try ProjectFolder.bytes("\(ProjectFolder.fixtures)/sage50-stock.csv")
        let whole = try ReadFile(profile, bytes)

        for cut in 1..<bytes.count {
            guard let file = try? ReadFile(profile, Array(bytes[..<cut])) else { continue }
            if profile.findings(file.proof).isEmpty {
                // Only a cut behind a line end (or inside CRLF) can pass, and then every record in front of it is whole.
                #expect(bytes[cut - 1] == 0x0A || bytes[cut - 1] == 0x0D, "cut at \(cut)")
                #expect(
                    file.records.map(\.rows) == whole.records.prefix(file.records.count).map(\.rows), "cut at \(cut)")
            }
        }
    }
}
