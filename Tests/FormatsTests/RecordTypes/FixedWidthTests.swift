import Domain
import Testing

@testable import Formats

/// Columns by their place in the line.
struct FixedWidthTests {
    private static let plain = """
        "types": {"": {"columns": [{"name": "sku", "length": 6}, {"name": "wh", "length": 3}, {"name": "qty", "start": 11, "length": 5},
        {"name": "at", "length": 8}, {"name": "lines", "length": 1}]}}
        """
    private static let kinds = """
        "tag": {"start": 1, "length": 2}, "types": {
        "01": {"role": "header", "columns": [{"name": "at", "start": 3, "length": 8}, {"name": "wh", "length": 3}]},
        "10": {"role": "record", "columns": [{"name": "sku", "start": 3, "length": 6}, {"name": "qty", "length": 5}]},
        "99": {"role": "trailer", "columns": [{"name": "lines", "start": 3, "length": 4}], "counts": "lines"}}
        """

    @Test(arguments: [("utf-8", "Café"), ("windows-1252", "Café"), ("utf-16le", "Café"), ("cp850", "AB 12")])
    func `columns are counted in characters, whatever the encoding`(encoding: String, sku: String) throws {
        let profile = try SampleLines.profile("fixed", Self.plain, more: "\"encoding\": \"\(encoding)\"")
        let name = sku + String(repeating: " ", count: 6 - sku.count)
        let text = "\(name)LDS    1220260301 \r\n\(name)BHM  -3.520260302 \r\n"

        let file = try SampleLines.read(profile, text)

        #expect(SampleLines.rows(file) == ["\(sku)/LDS/12", "\(sku)/BHM/-3.5"])
        #expect(file.proof.eventTime?.description == "2026-03-02T00:00:00Z")
        #expect(file.proof.lines.total == profile.encoding.encode(text).bytes.count)
    }

    @Test func `kinds of lines have columns of their own`() throws {
        let file = try SampleLines.read(
            SampleLines.profile("fixed", Self.kinds), "0120260301LDS\n10A1    00012\n10B2    00003\n990004\n")

        #expect(SampleLines.rows(file) == ["A1/LDS/12", "B2/LDS/3"])
        #expect(file.proof.claimedRecords == 2)
    }

    @Test(arguments: [("reject", ["ROW-RAGGED"]), ("allow", [])])
    func `a line that is too short is rejected, unless blanks may be missing at its end`(policy: String, codes: [String]) throws {
        let profile = try SampleLines.profile("fixed", Self.plain, more: "\"layout\": {\"short_rows\": \"\(policy)\"}")

        #expect(try SampleLines.read(profile, "A1    LDS    12\n").codes == codes)
    }

    @Test func `a line that is too long is rejected`() throws {
        let file = try SampleLines.read(SampleLines.profile("fixed", Self.plain), "A1    LDS    1220260301x x\nA2    LDS    1220260301      \n")

        #expect(file.codes == ["ROW-RAGGED"])
        #expect(SampleLines.rows(file) == ["A2/LDS/12"])
    }

    @Test func `other padding than blanks is taken off the end`() throws {
        let file = try SampleLines.read(
            SampleLines.profile("fixed", "\"padding\": \"*\", " + Self.plain), "A1****LDS*12***20260301*\n")

        #expect(SampleLines.rows(file) == ["A1/LDS/12"])
    }
}
