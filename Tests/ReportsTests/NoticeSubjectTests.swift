import Domain
import Foundation
@testable import StateStore
import Testing

@testable import Reports

struct NoticeSubjectTests {
    @Test(arguments: [
        (AlarmBook.Telling.opened, "[ACTION] 3 prices of guests are those of the trade · prices · GUEST-LEAK – Acme"),
        (.recovered, "[ACTION] Over: 3 prices of guests are those of the trade · prices · GUEST-LEAK – Acme"),
    ])
    func `the subject of a mail says what happened before it names a code`(_ telling: AlarmBook.Telling, _ subject: String) throws {
        let code = try #require(AlarmCode.allCases.first)
        let text = NoticeSheet.subject(
            .action, telling, "3 prices of guests are those of the trade\nand more", of: AlarmKey(code, "prices"), shop: "Acme", zone: .gmt)

        #expect(text == subject.replacing("GUEST-LEAK", with: code.rawValue))
    }

    @Test func `the moments of an alarm are told as the shop's clocks show them, and what is to be typed stays as it is`() throws {
        let zone = try #require(TimeZone(identifier: "Europe/London"))
        let text = "a file is dated 2036-07-01T05:00:00Z, now is 2026-03-29T00:59:59.250Z; type `tallyman run --written 2036-07-01T05:00:00Z`"
        let notice = Notice(
            id: 1, telling: .opened, key: AlarmKey(.dataOld, "stock"), severity: .amber, since: UTCInstant(seconds: 1_795_224_000), text: text,
            at: UTCInstant(seconds: 1_795_224_000), attempts: 0)
        let sheet = NoticeSheet(notice, shop: "Acme", zone: zone).sheet

        let told = "a file is dated 1 Jul 2036 06:00, now is 29 Mar 2026 00:59; type `tallyman run --written 2036-07-01T05:00:00Z`"
        #expect(sheet.sentences.first == told)
        #expect(NoticeSheet.subject(.warn, .opened, text, of: notice.key, shop: "Acme", zone: zone).contains("dated 1 Jul 2036 06:00"))
        for odd in ["2026-13-01T05:00:00Z", "2026-02-30T05:00:00Z", "2026-01-01T25:00:00Z", "Z", "12:00Z", "STOCK_2026-01-01T05:00:00Zx"] {
            #expect(LocalTime.spoken(odd, in: zone) == odd)
        }
        for verbatim in [
            "tallyman run stock --written 2036-07-01T05:00:00Z", "the value '2036-07-01T05:00:00Z' is no day", "\"2036-07-01T05:00:00Z\"",
        ] {
            #expect(LocalTime.spoken(verbatim, in: zone) == verbatim)
        }
    }
}
