package import Domain
import Foundation
import GRDB

extension LedgerReader {
    /// The order as `flow` has told the ERP of it last, and the cancellations of it that `cancellations` knows. `nil` where the order has
    /// not left, or where another order of the shop left under its number.
    ///
    /// - Parameter callingOff: the entity by whose events the ERP itself cancels orders.
    package func toldOrder(
        _ number: RecordKey, place: Int64, placed: UTCInstant?, flow: String, cancellations: String, callingOff: String
    ) throws -> ToldOrder? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT c.consignment, c.told, c.acknowledged, c.erp_number, c.refusal, g.name, g.state FROM outbox o
                JOIN consigned c ON c.document = o.id AND c.discarded = 0 JOIN consignment g ON g.id = c.consignment
                WHERE o.flow = ? AND o.identity = ? AND (o.place = ? OR o.placed = ?) ORDER BY c.consignment DESC LIMIT 1
                """,
            arguments: [flow, Data(number.bytes), place, placed?.milliseconds])
        guard let row, let told = row["told"] as Data? else { return nil }
        let state = row["state"] as String
        let left = row["consignment"] as Int64
        return ToldOrder(
            told: Array(told), file: row["name"], isPlaced: state == "placed" || state == "acknowledged",
            isAnswered: (row["acknowledged"] as Int64?) != nil, isRefused: (row["refusal"] as String?) != nil, erpNumber: row["erp_number"],
            isCancelledByERP: try mirror(entity: callingOff, key: number) != nil
                || unsettledChanges(entity: callingOff).contains { $0.key == number },
            cancellations: try toldCancellations(of: number, flow: cancellations, since: left))
    }

    private func toldCancellations(of number: RecordKey, flow: String, since left: Int64) throws -> [ToldCancellation] {
        var found: [ToldCancellation] = []
        while let document = try outboxDocument(flow: flow, identity: number.cancellation(found.count + 1)) {
            let last = try consigned(document: document.id).last { $0.consignment > left }
            found.append(
                ToldCancellation(
                    identity: document.identity, isOpen: document.standing != .sent || document.resend != nil, told: last?.told))
        }
        return found
    }

    /// The places of documents that are known to the flow and have not left.
    package func openPlaces(flow: String) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT DISTINCT place FROM outbox WHERE flow = ? AND standing IN ('waiting', 'due', 'refused') ORDER BY place",
            arguments: [flow])
    }

    /// When the flow's first file was written; `nil` where there is none.
    package func firstPacked(flow: String) throws -> UTCInstant? {
        try Int64.fetchOne(db, sql: "SELECT min(packed) FROM consignment WHERE flow = ?", arguments: [flow]).map {
            UTCInstant(milliseconds: $0)
        }
    }
}
