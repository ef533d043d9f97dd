import Testing

@testable import Formats

struct SpreadsheetDamageTests {
    private func damage(_ text: String) -> SpreadsheetDamage? {
        Array(text.utf8).withUnsafeBufferPointer { SpreadsheetDamage($0) }
    }

    @Test(arguments: [
        ("5.01235E+12", SpreadsheetDamage.exponent), ("1E+05", .exponent), ("#N/A", .errorValue),
        ("#REF!", .errorValue),
        ("#VALUE!", .errorValue), ("01-Mar", .date), ("1-Jun", .date), ("Mar-01", .date),
    ])
    func `F44 what a spreadsheet made of a code is recognised`(text: String, expected: SpreadsheetDamage) {
        #expect(damage(text) == expected)
    }

    @Test(arguments: [
        "", "00472", "1E10", "2-3", "MAR1", "12-MAR", "E+12", "#12", "5012345678900", "1.2.3E+4", "A-5E+1", "Mar-1",
        "9-mar",
    ])
    func `F44 codes that only look odd are left alone`(text: String) {
        #expect(damage(text) == nil)
    }
}
