import Domain
import Testing

@testable import Formats

/// What the reader carries for the entity: duplicates, several rows of a line, codes of warehouses.
struct DuplicateAndPivotTests {
    private func pivoted(_ more: String = "") throws -> Profile {
        try SampleProfile.make(
            profile: #"""
                {"title": "T", "header": {"unknown": "refuse"}, "fields": {"sku": {"column": "sku"}},
                 "pivot": {"field": "warehouse", "columns": {"on_hand": "{} qty"}\#(more)}}
                """#,
            schema: #"{"fields": [{"name": "sku"}, {"name": "{} qty", "type": "number"}]}"#)
    }

    @Test func `F45 a key that stands twice is read twice, and the policy is carried`() throws {
        let profile = try SampleProfile.make(
            profile:
                #"{"title": "T", "duplicate_keys": "last", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}}}"#
        )

        let file = try ReadFile(profile, "sku,qty\nA,1\nB,5\nA,2\n")

        #expect(file.values("sku") == ["text:A", "text:B", "text:A"])
        #expect(file.values("on_hand") == ["number:1", "number:5", "number:2"])
        #expect(profile.statedDuplicateKeys == .last)
    }

    @Test func `codes come from the header, in its order and spelling`() throws {
        let file = try ReadFile(pivoted(), "sku,LDS qty,Bhm Qty,DC-03 QTY\nA,1,2,3\n")

        #expect(file.records[0].rows.map { $0[1] } == ["text:LDS", "text:Bhm", "text:DC-03"])
        #expect(file.records[0].rows.map { $0[2] } == ["number:1", "number:2", "number:3"])
        #expect(file.records[0].rows.allSatisfy { $0[0] == "text:A" })
    }

    @Test func `declared codes are all needed, others are unknown columns`() throws {
        let declared = try pivoted(#", "codes": ["LDS", "BHM"], "blank": "zero""#)

        #expect(
            try ReadFile(declared, "sku,BHM qty,LDS qty\nA,2,\n").records[0].rows.map { $0[2] } == [
                "number:0", "number:2",
            ])
        #expect { try ReadFile(declared, "sku,LDS qty\nA,1\n") } throws: {
            ($0 as? Diagnostic)?.code == "HEADER-COLUMN-MISSING"
        }
        #expect { try ReadFile(pivoted(), "sku,LDS qty,colour\nA,1,red\n") } throws: {
            ($0 as? Diagnostic)?.code == "HEADER-COLUMN-UNKNOWN"
        }
    }

    @Test func `one bad cell rejects the line, and every row keeps the key`() throws {
        let file = try ReadFile(pivoted(), "sku,LDS qty,BHM qty\nA,1,x\n")

        #expect(file.codes == ["NUMBER-FORMAT"])
        #expect(file.rejected[0].reason?.column == "BHM qty")
        #expect(file.rejected[0].rows.map { [$0[0], $0[1]] } == [["text:A", "text:LDS"], ["text:A", "text:BHM"]])
        #expect(file.rejected[0].rows.map { $0[2] } == ["number:1", "absent"])
    }

    @Test func `a ragged line keeps what text it has, and no number`() throws {
        let file = try ReadFile(pivoted(), "sku,LDS qty,BHM qty\nA,1\n")

        #expect(file.codes == ["ROW-RAGGED"])
        #expect(file.rejected[0].rows.allSatisfy { $0[0] == "text:A" && $0[2] == "absent" })
    }

    @Test func `the event time of a column is its latest value, of good records only`() throws {
        let profile = try SampleProfile.make(
            profile: #"""
                {"title": "T", "fields": {"sku": {"column": "sku"}, "on_hand": {"column": "qty"}},
                 "event_time": {"source": "column", "column": "at"}}
                """#,
            schema:
                #"{"fields": [{"name": "sku"}, {"name": "qty", "type": "number"}, {"name": "at", "type": "date", "format": "%d/%m/%Y"}]}"#
        )

        let file = try ReadFile(
            profile, "sku,qty,at\nA,1,05/01/2026\nB,1,07/01/2026\nC,1,06/01/2026\nD,1,,9\nE,1,never\n")

        #expect(file.proof.eventTime?.description == "2026-01-07T00:00:00Z")
        #expect(file.codes == ["ROW-RAGGED", "DATE-FORMAT"])
    }
}
