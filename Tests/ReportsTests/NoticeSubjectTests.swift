import Domain
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
            .action, telling, "3 prices of guests are those of the trade\nand more", of: AlarmKey(code, "prices"), shop: "Acme")

        #expect(text == subject.replacing("GUEST-LEAK", with: code.rawValue))
    }
}
