import Domain
import Engine
import Foundation
import StateStore

/// Tells notices on standard error: cron mails that to its owner.
struct PrintedNotices: NoticeDelivery {
    func deliver(_ notice: Notice) async throws {
        StandardStream.error.write(Self.text(notice) + "\n")
    }

    /// `! red FILE-OVERDUE stock: a file was due …` and what to do.
    static func text(_ notice: Notice) -> String {
        let said = Escaped(ShopClock.told(notice.text), limit: 400)
        switch notice.telling {
        case .opened, .worsened:
            let word = notice.telling == .worsened ? "worse: " : ""
            let fix = notice.key.fix(in: notice.text)
            return "! \(word)\(notice.severity.rawValue) \(notice.key.code.rawValue) \(notice.key.subject): \(said)\n  → \(fix)"
        case .recovered:
            return "  over: \(notice.key.code.rawValue) \(notice.key.subject): \(said)"
        }
    }
}

/// Tells notices in the service's log.
struct LoggedNotices: NoticeDelivery {
    let log: ServiceLog

    func deliver(_ notice: Notice) async throws {
        let level: ServiceLog.Level =
            switch (notice.telling, notice.severity) {
            case (.recovered, _): .notice
            case (.opened, .amber), (.worsened, .amber): .warning
            case (.opened, .red), (.worsened, .red): .error
            }
        log.write(
            level, "alarm \(notice.telling.rawValue)",
            [
                ("code", notice.key.code.rawValue), ("subject", notice.key.subject), ("severity", notice.severity.rawValue),
                ("since", "\(notice.since)"), ("text", notice.text), ("fix", notice.key.fix(in: notice.text)),
            ]
        )
    }
}
