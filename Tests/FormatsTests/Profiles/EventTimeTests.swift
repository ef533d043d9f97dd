import Domain
import Testing

@testable import Formats

/// Time and sequence of a file, known from its name before it is read.
struct EventTimeTests {
    private func profile(_ pattern: String, more: String = "") throws -> Profile {
        try SampleProfile.make(
            profile: #"""
                {"title": "T", "event_time": {"source": "file_name", "pattern": "\#(pattern)"}\#(more)}
                """#)
    }

    private let modified = UTCInstant(seconds: 1_790_000_000)

    @Test(arguments: [
        ("STOCK_%Y%m%d%H%M.csv", "STOCK_202607010905.csv", "2026-07-01T08:05:00Z"),
        ("STOCK_%Y%m%d%H%M.csv", "stock_202611210905.CSV", "2026-11-21T09:05:00Z"),
        ("*_%d-%m-%Y.csv", "stock_levels_21-11-2026.csv", "2026-11-21T00:00:00Z"),
        ("S%y%m%d_{sequence}.txt", "S261121_00042.txt", "2026-11-21T00:00:00Z"),
        ("%d%b%Y*", "09Mar2026_v2.csv", "2026-03-09T00:00:00Z"),
    ])
    func `the name's local time becomes UTC`(pattern: String, name: String, expected: String) throws {
        #expect(try profile(pattern).eventTime(fileName: name, modified: modified)?.description == expected)
    }

    @Test(arguments: [
        ("STOCK_20261121.csv", "FILE-NAME"), ("STOCK_202613010905.csv", "FILE-NAME-TIME"),
        ("STOCK_202603290130.csv", "FILE-NAME-TIME"),
        ("STOCK_202610250130.csv", "FILE-NAME-TIME"), ("STOCK_2026070109x5.csv", "FILE-NAME"),
        ("STOCK_202607010905.csv.part", "FILE-NAME"),
    ])
    func `a name of another form or without a possible time is refused`(name: String, code: String) throws {
        let profile = try profile("STOCK_%Y%m%d%H%M.csv")

        #expect { try profile.eventTime(fileName: name, modified: modified) } throws: {
            ($0 as? Diagnostic)?.code == code
        }
    }

    @Test func `the repeated hour and the zone follow the profile`() throws {
        let later = try profile("%Y%m%d%H%M.csv", more: #", "dates": {"overlap": "later"}"#)
        let utc = try profile("%Y%m%d%H%M.csv", more: #", "timezone": "UTC""#)

        #expect(
            try later.eventTime(fileName: "202610250130.csv", modified: modified)?.description == "2026-10-25T01:30:00Z"
        )
        #expect(
            try utc.eventTime(fileName: "202607010130.csv", modified: modified)?.description == "2026-07-01T01:30:00Z")
        #expect(
            try profile("%Y%m%d.csv").eventTime(fileName: "20260101.csv", modified: modified, timeZone: "Asia/Tokyo")?
                .description == "2025-12-31T15:00:00Z")
    }

    @Test func `the sequence comes from the name, with leading zeros`() throws {
        let profile = try profile(
            "%Y%m%d_{sequence}.csv", more: #", "sequence": {"source": "file_name", "pattern": "*_{sequence}.csv"}"#)

        #expect(try profile.sequence(fileName: "20261121_000123.csv") == 123)
        #expect { try profile.sequence(fileName: "20261121_.csv") } throws: { ($0 as? Diagnostic)?.code == "FILE-NAME" }
        #expect { try profile.sequence(fileName: "x_99999999999999999999.csv") } throws: {
            ($0 as? Diagnostic)?.code == "FILE-NAME"
        }
    }

    @Test func `a profile that reads the time from a column says nothing before reading`() throws {
        let byColumn = try SampleProfile.shipped("adventureworks/product-inventory")
        let byModification = try SampleProfile.shipped("generic/stock")

        #expect(try byColumn.eventTime(fileName: "x", modified: modified) == nil)
        #expect(try byModification.eventTime(fileName: "x", modified: modified) == modified)
        #expect(try byColumn.sequence(fileName: "x") == nil)
    }
}
