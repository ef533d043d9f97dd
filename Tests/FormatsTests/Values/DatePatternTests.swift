import Domain
import Testing

@testable import Formats

struct DatePatternTests {
    private func outcome(
        _ text: String, _ format: String, zone: String = "Europe/London", overlap: ZoneRules.Overlap = .reject
    ) throws -> String {
        let pattern = try #require(DatePattern(format))
        let instants = InstantFormat(pattern: pattern, zone: try ZoneRules(zone), overlap: overlap)
        return Array(text.utf8).withUnsafeBufferPointer { bytes in
            switch instants.parse(bytes) {
            case .instant(let instant): instant.description
            case .sentinel: "none"
            case .fault(let fault): "\(fault)"
            }
        }
    }

    @Test(arguments: [
        ("21/11/2026 06:00", "%d/%m/%Y %H:%M", "2026-11-21T06:00:00Z"),
        ("01/07/2026 06:00", "%d/%m/%Y %H:%M", "2026-07-01T05:00:00Z"),
        ("1/7/2026", "%d/%m/%Y", "2026-06-30T23:00:00Z"), ("12/1/10 8:26", "%m/%d/%y %H:%M", "2010-12-01T08:26:00Z"),
        ("20261121", "%Y%m%d", "2026-11-21T00:00:00Z"), ("211126", "%d%m%y", "2026-11-21T00:00:00Z"),
        ("09-Mar-11", "%d-%b-%y", "2011-03-09T00:00:00Z"), ("13.04.12", "%d.%m.%y", "2012-04-12T23:00:00Z"),
        ("2026-07-01T06:00:00Z", "%Y-%m-%dT%H:%M:%S%z", "2026-07-01T06:00:00Z"),
        ("2026-07-01T06:00:00+02:00", "%Y-%m-%dT%H:%M:%S%z", "2026-07-01T04:00:00Z"),
        ("2013-11-09 17:54:07.603000000", "%Y-%m-%d %H:%M:%S.%f", "2013-11-09T17:54:07.603Z"),
        ("29/02/2028", "%d/%m/%Y", "2028-02-29T00:00:00Z"), ("31/12/9999", "%d/%m/%Y", "9999-12-31T00:00:00Z"),
        ("01/01/70", "%d/%m/%y", "1970-01-01T00:00:00Z"), ("01/01/69", "%d/%m/%y", "2069-01-01T00:00:00Z"),
    ])
    func `F43 a date of the declared form is a moment`(text: String, format: String, expected: String) throws {
        // London kept summer time all through 1970.
        let zone = text.hasSuffix("70") ? "UTC" : "Europe/London"
        #expect(try outcome(text, format, zone: zone) == expected)
    }

    @Test(arguments: [
        ("1/2/26", "%d/%m/%Y", "notADate"), ("31/02/2026", "%d/%m/%Y", "noSuchDay"),
        ("29/02/2026", "%d/%m/%Y", "noSuchDay"),
        ("11/21/2026", "%d/%m/%Y", "noSuchDay"), ("21/11/2026 25:00", "%d/%m/%Y %H:%M", "noSuchDay"),
        ("21/11/2026 06:00x", "%d/%m/%Y %H:%M", "notADate"), ("21/11/2026", "%d/%m/%Y %H:%M", "notADate"),
        ("11126", "%d%m%y", "notADate"), ("45382", "%d/%m/%Y", "notADate"), ("2026-09-27 ", "%Y-%m-%d", "notADate"),
        ("20002-09-27", "%Y-%m-%d", "notADate"), ("٢١/11/2026", "%d/%m/%Y", "notADate"), ("", "%d/%m/%Y", "notADate"),
        ("2026-07-01T06:00:00+15:00", "%Y-%m-%dT%H:%M:%S%z", "notADate"), ("21/00/2026", "%d/%m/%Y", "noSuchDay"),
    ])
    func `F43 any other form, and days that do not exist, are refused`(text: String, format: String, expected: String)
        throws
    {
        #expect(try outcome(text, format) == expected)
    }

    @Test(arguments: ["00/00/0000", "30/12/1899"])
    func `sentinels stand for no date`(text: String) throws {
        #expect(try outcome(text, "%d/%m/%Y") == "none")
    }

    @Test func `F43 the hour that the clocks skip is refused and the repeated hour follows the declared policy`() throws {
        let format = "%d/%m/%Y %H:%M"

        #expect(try outcome("29/03/2026 00:59", format) == "2026-03-29T00:59:00Z")
        #expect(try outcome("29/03/2026 01:00", format) == "gap")
        #expect(try outcome("29/03/2026 01:59", format) == "gap")
        #expect(try outcome("29/03/2026 02:00", format) == "2026-03-29T01:00:00Z")
        #expect(try outcome("25/10/2026 00:59", format) == "2026-10-24T23:59:00Z")
        #expect(try outcome("25/10/2026 01:00", format) == "overlap")
        #expect(try outcome("25/10/2026 01:30", format, overlap: .earlier) == "2026-10-25T00:30:00Z")
        #expect(try outcome("25/10/2026 01:30", format, overlap: .later) == "2026-10-25T01:30:00Z")
        #expect(try outcome("25/10/2026 02:00", format) == "2026-10-25T02:00:00Z")
        #expect(try outcome("29/03/2026 01:30", format, zone: "UTC") == "2026-03-29T01:30:00Z")
    }

    @Test(arguments: ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Kolkata"])
    func `every hour of ten years goes to UTC and back`(name: String) throws {
        let zone = try ZoneRules(name)
        var previous: UTCInstant?
        for hour in 0..<87_600 {
            let wall = WallTime(milliseconds: (1_767_225_600 + Int64(hour) * 3600) * 1000)
            guard case .success(let instant) = zone.instant(of: wall, overlap: .earlier) else { continue }
            if let previous { #expect(previous < instant, "\(name) hour \(hour)") }
            let later = try zone.instant(of: wall, overlap: .later).get()
            #expect(instant <= later)
            previous = instant
        }
    }

    @Test(arguments: ["%d/%m", "%H:%M", "%Q/%m/%Y", "%d/%m/%Y/%d", "%", "%Y"])
    func `a pattern without a whole date is refused`(text: String) {
        #expect(DatePattern(text) == nil)
    }

    @Test func `an unknown zone is named`() {
        #expect { try ZoneRules("Europe/Leeds") } throws: { ($0 as? Diagnostic)?.code == "ZONE-UNKNOWN" }
    }
}
