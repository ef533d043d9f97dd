import Domain
import Magento

/// Why an event is not done. Each waits in the error queue and is retried as a whole: all rows of its number together.
enum SalesRejections {
    static func missing(_ field: String) -> RejectReason {
        RejectReason("VALUE-MISSING", column: field, "\(field) is empty", fix: "fill it in the ERP; without it nobody knows what is meant")
    }
    static func incomplete(_ kind: SalesEventKind, line: Int) -> RejectReason {
        RejectReason(
            "EVENT-INCOMPLETE", "another row of the same \(kind.noun) cannot be taken (line \(line)), and half of it is not done",
            fix: "mend that row and retry: all rows of the number go together")
    }
    static func differs(_ kind: SalesEventKind, _ field: String, _ first: String, _ second: String) -> RejectReason {
        RejectReason(
            "EVENT-DIFFERS", column: field, value: Escaped(second, limit: 80).description,
            "rows of one \(kind.noun) say \(field) \(Escaped(first, limit: 80)) and \(Escaped(second, limit: 80))",
            fix: "one number is one \(kind.noun) of one order; correct the rows in the ERP")
    }
    static func changed(_ kind: SalesEventKind, _ number: String, was: String) -> RejectReason {
        RejectReason(
            "EVENT-CHANGED", value: Escaped(number, limit: 80).description,
            "the \(kind.noun) was done already with other content: \(was)",
            fix: "a \(kind.noun) is done once; if the ERP has truly corrected it, correct the shop by hand and dismiss this record")
    }
    /// A name that may be a short reference, while the books that know it cannot be read.
    static func unasked(_ order: String) -> RejectReason {
        RejectReason(
            "EVENT-UNREADABLE", column: "order", value: Escaped(order, limit: 80).description,
            "the books could not be asked which order the ERP means", fix: "retry this once the state folder can be read again")
    }

    static let unreadable = RejectReason("EVENT-UNREADABLE", "the stored event cannot be read", fix: "let the ERP send it again")
    static func range(_ kind: SalesEventKind) -> RejectReason {
        RejectReason(
            "VALUE-RANGE", column: "quantity", "the quantities of the \(kind.noun) add up beyond every range", fix: "correct them in the ERP")
    }
    static func negative(_ quantity: ExactDecimal) -> RejectReason {
        RejectReason("QTY-NEGATIVE", column: "quantity", value: "\(quantity)", "the quantity is below 0", fix: "correct it in the ERP")
    }
    static let mixedSigns = RejectReason(
        "SIGN-MIXED", column: "quantity", "some quantities of the credit note are above and some below 0",
        fix: "a credit note gives back; split off what is charged, in the ERP")
    static func empty(_ kind: SalesEventKind) -> RejectReason {
        RejectReason(
            "EVENT-EMPTY", "the \(kind.noun) names no goods; the shop would take that for everything that is left",
            fix: "let the ERP list the rows, or say whole_orders: allow where it means the whole order")
    }
    static func warehouse(_ code: String) -> RejectReason {
        RejectReason(
            "WAREHOUSE-UNKNOWN", column: "warehouse", value: Escaped(code, limit: 80).description,
            "warehouse \(Escaped(code, limit: 80)) is not in the settings", fix: "add it to warehouses, then retry")
    }

    // MARK: Against the order

    static func unknownOrder(_ number: String) -> RejectReason {
        RejectReason(
            "ORDER-UNKNOWN", column: "order", value: Escaped(number, limit: 80).description,
            "the shop has no order \(Escaped(number, limit: 80))",
            fix: "if the order is yet to come, retry later; if the ERP writes the number otherwise (without leading zeros, say), see order_digits")
    }
    static func state(_ kind: SalesEventKind, _ order: OrderIdentity) -> RejectReason {
        RejectReason(
            "ORDER-STATE", column: "order", value: order.number,
            "order \(order.number) is \(order.status), which allows no \(kind.document)",
            fix: order.state == "holded"
                ? "release the order in the shop, then retry"
                : "look at the order in the shop; settle it by hand and dismiss this record, or retry when its state has changed")
    }
    static func foreign(_ what: String, _ order: String, near: [String]) -> RejectReason {
        let suggestion = near.isEmpty ? "" : "; did the ERP mean \(near.joined(separator: " or "))?"
        return RejectReason(
            "LINE-FOREIGN", column: "sku", value: Escaped(what, limit: 80).description,
            "order \(order) has no row \(Escaped(what, limit: 80))\(suggestion)",
            fix: near.isEmpty
                ? "correct the code or the order number in the ERP, or edit the record, then retry"
                : "write the whole code: edit the record or correct it in the ERP, then retry")
    }
    static func disagreeing(_ line: String, _ sku: String, _ order: String) -> RejectReason {
        RejectReason(
            "LINE-DIFFERS", column: "order_line", value: Escaped(line, limit: 80).description,
            "row \(Escaped(line, limit: 80)) of order \(order) is not \(Escaped(sku, limit: 80))",
            fix: "correct the row's number or the code in the ERP")
    }
    static func fraction(_ sku: String, _ quantity: ExactDecimal) -> RejectReason {
        RejectReason(
            "QTY-FRACTION", column: "quantity", value: "\(quantity)",
            "\(Escaped(sku, limit: 80)) is sold in whole pieces; the shop would cut \(quantity) down without a word",
            fix: "correct the quantity, or let the product take fractions in the shop")
    }
    static func over(_ kind: SalesEventKind, _ sku: String, wanted: ExactDecimal, open: String) -> RejectReason {
        RejectReason(
            "QTY-OVER", column: "quantity", value: "\(wanted)",
            "\(wanted) of \(Escaped(sku, limit: 80)) is more than is open (\(open)); the shop would cut it down without a word",
            fix: "look whether it was done by hand already; correct the quantity, or dismiss the record")
    }
    static func overTogether(_ kind: SalesEventKind, _ sku: String, numbers: [String], sum: String, open: String) -> RejectReason {
        let more = numbers.count > 12 ? " and \(numbers.count - 12) more" : ""
        return RejectReason(
            "QTY-OVER", column: "quantity", value: sum,
            "this file's \(numbers.prefix(12).map { Escaped($0, limit: 40).description }.joined(separator: ", "))\(more) together have \(sum) of "
                + "\(Escaped(sku, limit: 80)), and \(open) is open",
            fix: "one of them is wrong: correct or dismiss it, then retry the others")
    }
    static func partialCancellation(_ order: String) -> RejectReason {
        RejectReason(
            "CANCEL-PARTIAL", column: "quantity", value: order,
            "a part of order \(order) is to be cancelled; the shop cancels what is open as a whole",
            fix: "edit the order in the shop, or refund the part after invoicing; then dismiss this record")
    }
    static func refused(_ kind: SalesEventKind, _ message: String) -> RejectReason {
        RejectReason("SHOP-REFUSED", "Magento refuses the \(kind.document): \(message)", fix: "mend what it says, then retry")
    }
    static func notSaved(_ kind: SalesEventKind, _ message: String) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", "Magento could not save the \(kind.document): \(message)",
            fix: "the shop's exception log says why; then retry")
    }
    static func short(_ source: String, _ shortages: [String]) -> RejectReason {
        RejectReason(
            "SOURCE-SHORT", column: "warehouse", value: Escaped(source, limit: 80).description,
            "source \(Escaped(source, limit: 80)) holds too little in the shop: \(shortages.joined(separator: ", "))",
            fix: "post despatches before stock, or say short_source: raise; then retry")
    }
    /// - Parameter besides: why it could not be made anyway.
    static func byHand(_ kind: SalesEventKind, _ document: SalesDocument, _ mark: String, besides: RejectReason? = nil) -> RejectReason {
        let mark = Escaped(mark, limit: 80)
        let more = besides.map { "; besides, \($0.text)" } ?? ""
        return RejectReason(
            "DONE-BY-HAND", value: document.incrementID,
            "somebody posted \(kind.document) \(document.incrementID) in the shop with rows of this \(kind.noun), and no second one is made beside it\(more)",
            fix: "if it is the same, add the remark \"\(mark)\" to it in the shop and retry, or dismiss the record; if it is another one, "
                + "add a remark that begins with \"\(kind.markPrefix)\" and says which, then retry")
    }
    static func partlyDone(_ done: [String], _ reason: RejectReason) -> RejectReason {
        guard !done.isEmpty else { return reason }
        var reason = reason
        reason.text += " (done so far: \(done.joined(separator: ", ")))"
        return reason
    }
}

/// An order in a sentence.
struct OrderIdentity: Hashable, Sendable {
    var number: String
    var state: String
    var status: String
}
