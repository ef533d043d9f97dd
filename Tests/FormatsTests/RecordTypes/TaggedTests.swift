import Domain
import Testing

@testable import Formats

/// Lines that say in a cell what they are.
struct TaggedTests {
    private static let detail = """
        "dialect": {"delimiter": "|", "quoteChar": null},
        "types": {"H": {"role": "header", "columns": ["", "at"]}, "W": {"role": "header", "columns": ["", "wh"]},
        "D": {"role": "record", "columns": ["", "sku", "qty"]}, "X": {"role": "ignore"}, "T": {"role": "trailer", "columns": ["", "lines"]}}
        """
    private static let document = """
        "types": {"H": {"role": "record", "columns": ["", "sku", "at"]}, "D": {"role": "row", "columns": ["", "wh", "qty"]},
        "T": {"role": "trailer", "columns": ["", "lines"], "counts": "rows"}}
        """
    private static let good = "H|20260301\r\nW|LDS\r\nD|A|1\r\nD|B|2\r\nX|whatever|x|y\r\nW|BHM\r\nD|A|3\r\nT|3\r\n"

    @Test func `records inherit what the headers above them say`() throws {
        let file = try SampleLines.read(SampleLines.profile("tagged", Self.detail), Self.good)

        #expect(SampleLines.rows(file) == ["A/LDS/1", "B/LDS/2", "A/BHM/3"])
        #expect(file.proof.claimedRecords == 3)
        #expect(file.proof.eventTime?.description == "2026-03-01T00:00:00Z")
        #expect(file.proof.lines.total == Self.good.utf8.count)
        #expect(file.proof.lines.header == 26)
        #expect(file.records.map(\.origin.line) == [3, 4, 7])
    }

    @Test func `a record with rows below it is one record with all its bytes`() throws {
        let text = "H,A,20260301\nD,LDS,1\nD,BHM,x\nH,B,20260301\nD,LDS,2\nD,BHM,3\nT,4\n"

        let file = try SampleLines.read(SampleLines.profile("tagged", Self.document), text)

        #expect(SampleLines.rows(file) == ["B/LDS/2+B/BHM/3"])
        #expect(file.codes == ["NUMBER-FORMAT"])
        #expect(file.rejected.first?.original == Array("H,A,20260301\nD,LDS,1\nD,BHM,x\n".utf8))
        #expect(file.rejected.first?.origin.length == 29)
        #expect(file.proof.claimedRecords == 2)
    }

    @Test(arguments: [
        ("D|A|1\r\nT|1\r\n", ["RECORD-ORPHAN"]), ("H|20260301\r\nW|L\r\nD|A\r\nT|1\r\n", ["ROW-RAGGED"]),
        ("H|20260301\r\nW|L\r\nD|A|1|2\r\nT|1\r\n", ["ROW-RAGGED"]), ("H|20260301\r\nW|L\r\nD|A|1||\r\nT|1\r\n", []),
    ])
    func `F41 F49 a line out of place or of another length rejects its record`(text: String, codes: [String]) throws {
        #expect(try SampleLines.read(SampleLines.profile("tagged", Self.detail), text).codes == codes)
    }

    @Test func `a row without a record is rejected alone`() throws {
        let file = try SampleLines.read(SampleLines.profile("tagged", Self.document), "D,LDS,1\nH,B,20260301\nD,LDS,2\n")

        #expect(file.codes == ["RECORD-ORPHAN"])
        #expect(file.rejected.first?.original == Array("D,LDS,1\n".utf8))
        #expect(SampleLines.rows(file) == ["B/LDS/2"])
    }

    @Test(arguments: [("refuse", nil), ("reject", ["RECORD-TYPE"]), ("ignore", [])] as [(String, [String]?)])
    func `a kind of line that nobody declared follows the policy`(policy: String, codes: [String]?) throws {
        let profile = try SampleLines.profile("tagged", "\"unknown\": \"\(policy)\", " + Self.detail)
        let text = "H|20260301\r\nW|L\r\nD|A|1\r\nZ|9\r\nT|1\r\n"

        if let codes {
            let file = try SampleLines.read(profile, text)
            #expect(file.codes == codes)
            #expect(file.proof.lines.total == text.utf8.count)
        } else {
            #expect { try SampleLines.read(profile, text) } throws: { ($0 as? Diagnostic)?.code == "RECORD-TYPE" }
        }
    }

    @Test func `a trailer that counts otherwise is a broken promise`() throws {
        let profile = try SampleLines.profile("tagged", Self.detail, more: #""complete": {"trailer_count": true}"#)
        func findings(_ text: String) throws -> [String] {
            profile.findings(try SampleLines.read(profile, text).proof).map(\.code)
        }

        #expect(try findings(Self.good) == [])
        #expect(try findings(Self.good.replacing("T|3", with: "T|4")) == ["FILE-COUNT"])
        #expect(try findings(String(Self.good.dropLast())) == [])
        #expect(try findings("H|20260301\r\nW|L\r\nD|A|1\r\n") == ["FILE-TRAILER-MISSING"])
        #expect { try SampleLines.read(SampleLines.profile("tagged", Self.document), "H,A,20260301\nD,L,1\nT,2\n") } throws: {
            ($0 as? Diagnostic)?.code == "FILE-COUNT"
        }
    }

    @Test func `lines read the same in pieces`() throws {
        let profile = try SampleLines.profile("tagged", Self.detail)
        let whole = try SampleLines.read(profile, Self.good)

        for portion in [1, 2, 3, 7] {
            #expect(try SampleLines.read(profile, Self.good, portion: portion, bufferSize: 1) == whole)
        }
    }

    @Test(arguments: [
        (#""types": {"H": {"role": "header", "columns": ["sku","wh","qty","at","lines"]}}"#, "PROFILE-KEY-MISSING"),
        (#""types": {"D": {"columns": ["sku","wh","qty","at"]}}"#, "PROFILE-KEY-MISSING"),
        (#""types": {"D": {"columns": ["sku","wh","qty","at","lines","size"]}}"#, "PROFILE-COLUMN-UNKNOWN"),
        (#""typos": {"D": {"columns": ["sku","wh","qty","at","lines"]}}"#, "PROFILE-KEY-UNKNOWN"),
    ])
    func `a description that cannot work is refused when it is loaded`(records: String, code: String) {
        #expect { try SampleLines.profile("tagged", records) } throws: { ($0 as? Diagnostic)?.code == code }
    }
}
