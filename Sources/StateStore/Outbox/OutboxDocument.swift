package import Domain
import Foundation
import GRDB

/// A document of the shop as the outbox knows it. Its identity is known once per flow, whatever number the shop gives it inside.
package struct OutboxDocument: Hashable, Sendable {
    package enum Standing: String, Sendable, CaseIterable {
        /// Known, not due yet.
        case waiting
        /// To leave with the next consignment.
        case due
        /// Could not be told rightly; in the error queue, and tried again by every run.
        case refused
        /// In a consignment that is on its way.
        case packed
        case sent
        /// Cancelled before it left: never sent.
        case withdrawn
    }

    /// What the next run has to tell of it.
    package enum News: String, Sendable {
        /// Cancelled in time.
        case withdrawn
        /// Cancelled after it had left: a person has to tell the ERP.
        case late
        /// Cancelled because the ERP said so. It is found when the news are told and never stored.
        case agreed
        /// Cancelled after it had left, and a flow carries the cancellation. It is found when the news are told and never stored.
        case carried
    }

    package var id: Int64
    package var flow: String
    package var identity: RecordKey
    package var place: Int64
    package var modified: UTCInstant
    package var standing: Standing
    package var reason: String?
    package var news: News?
    /// Who ordered it to leave once more.
    package var resend: String?

    package init(
        id: Int64, flow: String, identity: RecordKey, place: Int64, modified: UTCInstant, standing: Standing, reason: String? = nil,
        news: News? = nil, resend: String? = nil
    ) {
        self.id = id
        self.flow = flow
        self.identity = identity
        self.place = place
        self.modified = modified
        self.standing = standing
        self.reason = reason
        self.news = news
        self.resend = resend
    }
}

extension OutboxDocument {
    init?(_ row: Row) {
        guard let standing = Standing(rawValue: row["standing"]) else { return nil }
        self.init(
            id: row["id"], flow: row["flow"], identity: RecordKey(row["identity"] as Data), place: row["place"],
            modified: UTCInstant(milliseconds: row["modified"]), standing: standing, reason: row["reason"],
            news: (row["news"] as String?).flatMap(News.init), resend: row["resend"]
        )
    }
}
