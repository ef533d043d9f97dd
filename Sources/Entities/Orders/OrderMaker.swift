package import Domain
import Magento

/// Orders in the words of output profiles. The names of the values are listed in docs/orders.md.
package struct OrderMaker: DocumentMaker {
    package static let name = "orders"
    package var name: String { Self.name }

    private let settings: OrderSettings

    package init(_ settings: OrderSettings) { self.settings = settings }

    package func make(_ document: OutboundDocument) throws -> MadeDocument {
        let json: JSON
        do { json = try JSONReader.read(document.content) } catch {
            throw DocumentRefusal(
                RejectReason("ORDER-INCOMPLETE", "the shop's order is no JSON that can be read", fix: "look at the order in the shop"))
        }
        let rest = try OrderRest(try OrderReader(currency: settings.currency).read(json), basis: settings.basis)
        let order = rest.order
        let sums = try OrderArithmetic(order, basis: settings.basis)
        let channel = settings.channel(ofPayment: order.paymentMethod)
        let record = DocumentRecord(
            try values(order, sums, channel), groups: ["lines": try lines(order, sums), "remarks": remarks(order)])
        let count = order.lines.count == 1 ? "1 line" : "\(order.lines.count) lines"
        return MadeDocument(
            record: record,
            summary: "\(count), \(Self.pence(order.money.grandTotal)) \(order.currency), \(Escaped(order.paymentMethod)), \(channel.rawValue)",
            total: order.money.grandTotal, notes: rest.notes, reference: try settings.codes.reference?.text(for: order.number),
            told: ToldQuantities(order).bytes
        )
    }

    private func values(
        _ order: Order, _ sums: OrderArithmetic, _ channel: OrderChannel
    ) throws(DocumentRefusal) -> [String: DocumentValue] {
        let codes = settings.codes
        var values: [String: DocumentValue] = [
            "number": .text(order.number), "placed": .instant(order.created), "changed": .instant(order.modified),
            "state": .text(order.state), "status": .text(order.status), "store": .text(order.storeName),
            "store.id": .number(ExactDecimal(Int64(order.storeID))), "channel": .text(channel.rawValue), "currency": .text(order.currency),
            "replaces": .text(order.replaces), "coupon": .text(order.coupon), "gift.message": .text(order.giftMessage),
            "pickup": .text(order.pickupLocation), "remarks": .text(order.remarks.joined(separator: "\n")),
            "account": .text(try account(of: order.customer)),
            "customer.id": .text(order.customer.id.map(String.init) ?? ""), "customer.name": .text(order.customer.name),
            "customer.email": .text(order.customer.email), "customer.company": .text(order.customer.company),
            "customer.tax_number": .text(order.customer.taxNumber), "customer.group": .number(ExactDecimal(Int64(order.customer.group))),
            "payment": .text(try codes.payment.code(for: [order.paymentMethod])), "payment.method": .text(order.paymentMethod),
            "payment.po_number": .text(order.purchaseOrderNumber), "payment.transaction": .text(order.transaction),
            "payment.paid": .number(order.money.paid),
            "line_count": .number(ExactDecimal(Int64(order.lines.count))),
        ]
        if !order.shippingMethod.isEmpty {
            values["shipping"] = .text(try codes.shipping.code(for: [order.shippingMethod]))
            values["shipping.method"] = .text(order.shippingMethod)
            values["shipping.description"] = .text(order.shippingDescription)
        }
        // Without goods to carry, the invoice's address stands for both.
        try set(order.billing, "billing", &values)
        try set(order.shipping ?? order.billing, "delivery", &values)
        if let reference = codes.reference { values["reference"] = .text(try reference.text(for: order.number)) }
        let money: [(String, ExactDecimal)] = [
            ("total.goods", order.money.subtotal), ("total.discount", discount(order)), ("total.net", sums.net),
            ("total.tax", sums.tax), ("total.gross", sums.gross), ("total.payable", order.money.grandTotal), ("total.credits", sums.credits),
            ("total.surcharges", sums.surcharges), ("total.extras", order.money.extras), ("shipping.net", sums.shippingNet),
            ("total.charges", .zero.adding(sums.shippingNet)?.adding(sums.surcharges)?.adding(order.money.extras) ?? sums.shippingNet),
            ("shipping.tax", order.money.shippingTax), ("shipping.gross", sums.shippingGross), ("total.lines_net", linesNet(sums)),
            ("total.gift_cards", order.money.giftCards), ("total.store_credit", order.money.storeCredit), ("total.rewards", order.money.rewards),
        ]
        for (name, amount) in money { values[name] = .number(amount) }
        // Only where there are some, for files that tell them by an element of their own.
        if !sums.surcharges.isZero { values["charge.surcharges"] = .number(sums.surcharges) }
        if !order.money.extras.isZero { values["charge.extras"] = .number(order.money.extras) }
        values["shipping.tax_code"] = .text(try shippingTaxCode(order))
        if !order.money.shipping.isZero {
            let percent = shippingTaxPercent(order)
            values["shipping.tax_percent"] = .number(percent)
            values["shipping.tax_category"] = .text(percent.isZero ? "Z" : "S")
        }
        return values
    }

    /// Without code and table, the customer's number in the shop is all there is to go by, unless codes are expected.
    private func account(of customer: OrderCustomer) throws(DocumentRefusal) -> String {
        if let account = customer.account { return account }
        guard settings.codes.account.table != nil else {
            if let id = customer.id, settings.accountAttribute != nil { throw Self.waiting(id) }
            return customer.id.map(String.init) ?? ""
        }
        return try settings.codes.account.code(for: OrderCodes.accountKeys(of: customer))
    }

    /// The header keeps the whole discount, whatever is left of the goods.
    private func discount(_ order: Order) -> ExactDecimal {
        guard order.isReduced else { return .zero.subtracting(order.money.discount) ?? .zero }
        return order.lines.map(\.discount).reduce(order.money.shippingDiscount) { $0.adding($1) ?? $0 }
    }

    private func linesNet(_ sums: OrderArithmetic) -> ExactDecimal {
        sums.lines.reduce(.zero) { $0.adding($1.net) ?? $0 }
    }

    private static func waiting(_ customer: Int) -> DocumentRefusal {
        DocumentRefusal(
            RejectReason(
                "ACCOUNT-WAITS", column: "account", value: "customer \(customer)", "customer \(customer) has no account code of the ERP yet",
                fix:
                    "nothing if new customers leave for the ERP by a flow: the order goes once the code came back; or add the customer to orders.accounts"
            ))
    }

    /// Carriage bears the tax of its own rate. Where the shop does not tell it, the lines' highest code stands if the carriage is taxed.
    private func shippingTaxCode(_ order: Order) throws(DocumentRefusal) -> String {
        if order.money.shipping.isZero { return "" }
        guard !order.money.shippingTax.isZero else { return try settings.codes.tax.code(for: ["0"]) }
        if let rate = order.shippingTax { return try settings.codes.tax.code(for: [rate.code, rate.percent.description]) }
        guard let line = order.lines.max(by: { $0.taxPercent < $1.taxPercent }), !line.taxPercent.isZero else {
            return try settings.codes.tax.code(for: ["shipping"])
        }
        return try settings.codes.tax.code(for: [line.taxCode, line.taxPercent.description])
    }

    private func shippingTaxPercent(_ order: Order) -> ExactDecimal {
        if order.money.shippingTax.isZero { return .zero }
        return order.shippingTax?.percent ?? order.lines.map(\.taxPercent).max() ?? .zero
    }

    private func set(_ address: OrderAddress, _ prefix: String, _ values: inout [String: DocumentValue]) throws(DocumentRefusal) {
        let country = try settings.codes.country.code(for: [address.country])
        let texts: [(String, String)] = [
            ("name", address.name), ("company", address.company), ("street", address.street.joined(separator: ", ")),
            ("city", address.city), ("region", address.region), ("postcode", address.postcode), ("country", country),
            ("telephone", address.telephone), ("email", address.email),
        ]
        for (name, text) in texts { values["\(prefix).\(name)"] = .text(text) }
        for (index, line) in address.street.enumerated() {
            values["\(prefix).street\(index + 1)"] = .text(line)
            if index > 0 { values["\(prefix).street_from\(index + 1)"] = .text(address.street[index...].joined(separator: ", ")) }
        }
        // Whoever gives a company's name is addressed by it.
        values["\(prefix).party"] = .text(address.company.isEmpty ? address.name : address.company)
    }

    private func lines(_ order: Order, _ sums: OrderArithmetic) throws(DocumentRefusal) -> [DocumentRecord] {
        var records: [DocumentRecord] = []
        for (index, (line, sum)) in zip(order.lines, sums.lines).enumerated() {
            let taxCode =
                line.kind == .component ? "" : try settings.codes.tax.code(for: [line.taxCode, line.taxPercent.description])
            var values: [String: DocumentValue] = [
                "line.number": .number(ExactDecimal(Int64(index + 1))), "line.id": .number(ExactDecimal(Int64(line.id))),
                "line.kind": .text(line.kind.rawValue), "line.sku": .text(line.sku), "line.ordered_sku": .text(line.orderedSKU),
                "line.name": .text(line.name), "line.options": .text(line.options.joined(separator: "; ")), "line.part_of": .text(line.partOf),
                "line.tax_code": .text(taxCode),
            ]
            let numbers: [(String, ExactDecimal)] = [
                ("quantity", line.quantity), ("unit_price", line.unitPrice), ("unit_price_with_tax", line.unitPriceWithTax),
                ("goods", sum.goods), ("discount", line.discount), ("net", sum.net), ("tax", line.tax), ("gross", sum.gross),
                ("tax_percent", line.taxPercent), ("surcharge", line.surcharge),
            ]
            for (name, number) in numbers { values["line.\(name)"] = .number(number) }
            priced(line, sum, &values)
            records.append(DocumentRecord(values))
        }
        return records
    }

    /// The price by which quantity, price and reduction come to the line's net to the penny: of one piece, or of all where rounding lies in
    /// the price with tax.
    private func priced(_ line: OrderLine, _ sum: OrderArithmetic.LineSum, _ values: inout [String: DocumentValue]) {
        let isEven = line.unitPrice.multiplied(by: line.quantity)?.rounded(.halfUp, digits: 2) == sum.goods
        values["line.price"] = .number(isEven ? line.unitPrice : sum.goods)
        values["line.price_quantity"] = .number(isEven ? 1 : line.quantity)
        if let reduction = sum.goods.subtracting(sum.net), !reduction.isZero {
            values[reduction.isPositive ? "line.allowance" : "line.charge"] = .number(
                reduction.isPositive ? reduction : .zero.subtracting(reduction) ?? .zero)
        }
        values["line.tax_category"] = .text(line.taxPercent.isZero ? "Z" : "S")
    }

    private static func pence(_ amount: ExactDecimal) -> String {
        let text = amount.description
        switch amount.scale {
        case 0: return text + ".00"
        case 1: return text + "0"
        default: return text
        }
    }

    private func remarks(_ order: Order) -> [DocumentRecord] {
        order.remarks.map { DocumentRecord(["remark": .text($0)]) }
    }
}
