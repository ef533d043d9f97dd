package import Domain
import Magento

/// Cancellations in the words of output profiles. The names of the values are listed in docs/orders.md.
package struct OrderCancellationMaker: DocumentMaker {
    package static let name = "order_cancellations"
    package var name: String { Self.name }
    package var withdrawalCode: String { "CANCELLATION-NEEDLESS" }

    private let orders: OrderSettings
    /// Whether the files can only call off orders as a whole; a part of one is refused.
    private let wholeOnly: Bool

    package init(_ orders: OrderSettings, wholeOnly: Bool) {
        self.orders = orders
        self.wholeOnly = wholeOnly
    }

    package func make(_ document: OutboundDocument) throws -> MadeDocument {
        guard let json = try? JSONReader.read(document.content), let cancellation = OrderCancellation(json[OrderCancellation.member]) else {
            throw DocumentRefusal(
                RejectReason("ORDER-INCOMPLETE", "the shop's order is no JSON that can be read", fix: "look at the order in the shop"))
        }
        let order = try OrderReader(currency: orders.currency).read(json)
        let words = Self.words(cancellation, order)
        guard cancellation.isWhole || !wholeOnly else {
            throw DocumentRefusal(
                RejectReason(
                    "CANCELLATION-PART", value: order.number,
                    "\(words) of order \(Escaped(order.number)) is cancelled in the shop, and files of this profile can only cancel whole orders",
                    fix: "tell the ERP's staff what to take off the order, then dismiss this; or use another output profile"))
        }
        let told = CancelledQuantities(
            order: order.number, isWhole: cancellation.isWhole, erpNumber: cancellation.erpNumber ?? "",
            rows: Dictionary(cancellation.rows.map { ($0.id, $0.quantity) }) { first, _ in first }, words: words)
        let reference = try orders.codes.reference?.text(for: order.number)
        return MadeDocument(
            record: DocumentRecord(
                values(order, cancellation, document.observation.identity, reference), groups: ["lines": lines(order, cancellation)]),
            summary: "order \(Escaped(order.number)): \(words) cancelled, \(cancellation.isWhole ? "nothing" : "something") is left", total: .zero,
            // The ERP may answer by the order's short reference; it can stand for one document only.
            reference: document.observation.identity.text == order.number ? reference : nil, told: told.bytes)
    }

    package func refusal(_ answer: DocumentAnswer, told: EncodedValue?) -> RejectReason {
        let told = told.flatMap { CancelledQuantities($0) }
        let order = Escaped(told?.order ?? answer.identity.text).description
        let shop = told.map { $0.isWhole ? "nothing of it is left (\($0.words) cancelled)" : "\($0.words) of it is cancelled" } ?? "it is cancelled"
        let number = [answer.erpNumber, told?.erpNumber].compactMap { $0 }.first { !$0.isEmpty }
        let erp = number.map { " as \(Escaped($0))" } ?? ""
        return RejectReason(
            "CANCELLATION-REFUSED", value: order,
            "the ERP did not cancel order \(order): \(answer.refusal ?? ""). In the shop \(shop); in the ERP the order stands\(erp), and its goods may have left",
            fix:
                "ask the ERP's staff whether the goods can be stopped. If so, cancel the order there: its own cancellation closes this. If they have left, have them returned, or place the order again in the shop, which does not reopen a cancelled one; then dismiss this"
        )
    }

    private static func words(_ cancellation: OrderCancellation, _ order: Order) -> String {
        cancellation.rows.compactMap { row in
            order.lines.first { $0.id == row.id }.map { "\(row.quantity) \(Escaped($0.sku, limit: 80))" }
        }.joined(separator: ", ")
    }

    private func values(
        _ order: Order, _ cancellation: OrderCancellation, _ identity: RecordKey, _ reference: String?
    ) -> [String: DocumentValue] {
        var values: [String: DocumentValue] = [
            "number": .text(identity.text), "order": .text(order.number), "placed": .instant(order.created), "cancelled": .instant(order.modified),
            "scope": .text(cancellation.isWhole ? "whole" : "part"), "state": .text(order.state), "status": .text(order.status),
            "store": .text(order.storeName), "currency": .text(order.currency), "erp_number": .text(cancellation.erpNumber ?? ""),
            "reason": .text("Cancelled in the shop"), "customer.name": .text(order.customer.name),
            "billing.party": .text(order.billing.company.isEmpty ? order.billing.name : order.billing.company),
            "line_count": .number(ExactDecimal(Int64(cancellation.rows.count))),
        ]
        if let reference { values["reference"] = .text(reference) }
        return values
    }

    private func lines(_ order: Order, _ cancellation: OrderCancellation) -> [DocumentRecord] {
        cancellation.rows.compactMap { row in
            guard let index = order.lines.firstIndex(where: { $0.id == row.id }) else { return nil }
            let line = order.lines[index]
            return DocumentRecord([
                "line.number": .number(ExactDecimal(Int64(index + 1))), "line.id": .number(ExactDecimal(Int64(row.id))),
                "line.kind": .text(line.kind.rawValue), "line.sku": .text(line.sku), "line.ordered_sku": .text(line.orderedSKU),
                "line.name": .text(line.name), "line.cancelled": .number(row.quantity), "line.left": .number(row.left),
            ])
        }
    }
}
