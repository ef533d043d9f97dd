import Domain
import Reports
import StateStore

/// Open alarms with what to do about each, and what was told.
enum AlarmsPage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let shop = try visit.shop
        let path = try visit.path()
        let (alarms, cares, notices) = try visit.read { reader in
            (try shop.alarms(reader, at: visit.now), try reader.alarmCare(), try reader.recentNotices(limit: 50).map { NoticeView($0) })
        }
        let cards: [HTML] = alarms.map { HomePage.card($0, cares[$0.key], visit, path) }
        let rows: [[HTML]] = notices.map { notice in
            [
                visit.time(UTCInstant(iso: notice.at)), HTML(notice.telling),
                Parts.tag(notice.telling == "recovered" ? .green : notice.severity == "red" ? .red : .amber, notice.severity), HTML(notice.code),
                HTML(notice.subject), HTML(notice.text), visit.time(notice.delivered.flatMap(UTCInstant.init(iso:))),
            ]
        }
        let heading = alarms.isEmpty ? "No alarm" : Parts.count(alarms.count, "alarm", "alarms")
        let body: HTML = """
            <div id="alarms" data-live="5">
            <h1 data-state="1">\(heading)</h1>
            \(cards)
            <h2>What was told</h2>
            \(rows.isEmpty ? "<p>Nothing yet.</p>" : Parts.table("The latest 50 notices", ["At", "What", "Severity", "Alarm", "Of", "Text", "Handed over"], rows))
            </div>
            <p class="hidden" aria-live="polite" data-said="1">\(heading)</p>
            """
        return Frame.response(visit, Page(heading, section: "alarms", body))
    }
}
