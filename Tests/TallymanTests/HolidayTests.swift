import Domain
import Foundation
import Testing

@testable import tallyman

/// The lists of bank holidays that are shipped.
struct HolidayTests {
    private static let files = HolidayFiles(folder: "\(Project.folder)/Schemas/calendars")

    /// As the governments announced them, substitute days and single holidays included.
    @Test(arguments: [
        ("uk-england", 2026, ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]),
        ("uk-england", 2027, ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"]),
        ("uk-scotland", 2026, ["01-01", "01-02", "04-03", "05-04", "05-25", "06-15", "08-03", "11-30", "12-25", "12-28"]),
        ("uk-northern-ireland", 2026, ["01-01", "03-17", "04-03", "04-06", "05-04", "05-25", "07-13", "08-31", "12-25", "12-28"]),
    ])
    func `C134 the bank holidays of a year are the announced ones`(list: String, year: Int, days: [String]) throws {
        let found = try Self.files.list(list).days.keys.filter { $0.year == year }.sorted().map { String("\($0)".dropFirst(5)) }

        #expect(found == days)
    }

    @Test(arguments: ["uk-england", "uk-scotland", "uk-northern-ireland"])
    func `no holiday falls on a weekend, and the data says how far it reaches`(_ name: String) throws {
        let list = try Self.files.list(name)

        #expect(list.days.keys.allSatisfy { $0.weekday != .saturday && $0.weekday != .sunday })
        #expect(list.knownUntil == CivilDate(year: 2030, month: 12, day: 31))
        for year in 2024...2030 { #expect(list.days.keys.count { $0.year == year } >= 8) }
    }

    @Test(arguments: ["uk-atlantis", "../settings.schema", ""])
    func `F97 a list that is not there is refused with those that are`(_ name: String) {
        let failure = #expect(throws: Diagnostic.self) { try Self.files.list(name) }
        #expect(failure?.code == "HOLIDAYS-UNKNOWN")
        #expect(failure?.fix.contains("uk-england, uk-northern-ireland, uk-scotland") == true)
    }
}
