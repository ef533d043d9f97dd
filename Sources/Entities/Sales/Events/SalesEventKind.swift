import Domain

/// What an ERP answers to an order, each with a number of its own.
package enum SalesEventKind: String, Sendable, CaseIterable {
    case despatches, invoices, credits, cancellations

    /// `despatch`
    package var noun: String {
        switch self {
        case .despatches: "despatch"
        case .invoices: "invoice"
        case .credits: "credit note"
        case .cancellations: "cancellation"
        }
    }

    /// The shop's word for what is made of it.
    var document: String {
        switch self {
        case .despatches: "shipment"
        case .invoices: "invoice"
        case .credits: "credit memo"
        case .cancellations: "cancellation"
        }
    }

    /// Its fields, in the order of a batch's cells; the first is the business key.
    var fields: [SalesEventField] {
        switch self {
        case .despatches: [.number, .order, .sku, .orderLine, .quantity, .warehouse, .carrier, .tracking]
        case .invoices: [.number, .order, .sku, .orderLine, .quantity]
        case .credits: [.number, .order, .sku, .orderLine, .quantity, .restock, .shipping, .adjustment, .reason]
        // An order is cancelled once: its number is the key.
        case .cancellations: [.order, .reason, .quantity]
        }
    }

    /// As profiles call a field.
    func name(of field: SalesEventField) -> String {
        switch (field, self) {
        case (.number, .despatches): "despatch"
        case (.number, .invoices): "invoice"
        case (.number, .credits): "credit_note"
        case (.number, .cancellations), (.order, _): "order"
        case (.orderLine, _): "order_line"
        case (.sku, _), (.quantity, _), (.warehouse, _), (.carrier, _), (.tracking, _), (.restock, _), (.shipping, _), (.adjustment, _),
            (.reason, _):
            "\(field)"
        }
    }
}

package enum SalesEventField: Sendable {
    case number, order, sku, orderLine, quantity, warehouse, carrier, tracking, restock, shipping, adjustment, reason

    func entityField(of kind: SalesEventKind) -> EntityField {
        let name = kind.name(of: self)
        switch self {
        case .number: return EntityField(name, .text, "The ERP's number of the \(kind.noun); it is done once for ever.")
        case .order: return EntityField(name, .text, "The shop's order number.")
        case .sku: return EntityField(name, .text, "The product's code, as the order has it.")
        case .orderLine: return EntityField(name, .text, "Which row of the order is meant; the settings say how rows are named.")
        case .quantity:
            return EntityField(
                name, .decimal,
                kind == .cancellations
                    ? "What is cancelled of a row; only whole orders can be cancelled, so it has to be blank."
                    : "How many of it.")
        case .warehouse: return EntityField(name, .text, "The ERP's warehouse that sent it.")
        case .carrier: return EntityField(name, .text, "The ERP's word for the carrier.")
        case .tracking: return EntityField(name, .text, "Tracking number; several are separated by ; or ,.")
        case .restock: return EntityField(name, .boolean, "Whether the goods are for sale again.")
        case .shipping: return EntityField(name, .decimal, "How much of the shipping is given back, without tax.")
        case .adjustment: return EntityField(name, .decimal, "What is given besides; negative: what is kept.")
        case .reason: return EntityField(name, .text, "Why, in the ERP's words.", isCode: false)
        }
    }
}
