package import Domain
import Magento

/// New customers in the words of output profiles. The names of the values are listed in docs/accounts.md.
package struct CustomerMaker: DocumentMaker {
    package static let name = "customers"
    package var name: String { Self.name }

    private let settings: CustomerSettings
    private let lookups: CustomerLookups

    package init(_ settings: CustomerSettings, _ lookups: CustomerLookups) {
        self.settings = settings
        self.lookups = lookups
    }

    package func make(_ document: OutboundDocument) throws -> MadeDocument {
        guard let json = try? JSONReader.read(document.content), let customer = Customer(json) else {
            throw DocumentRefusal(
                RejectReason("CUSTOMER-INCOMPLETE", "the shop's customer has no number, e-mail or group", fix: "look at the customer in the shop"))
        }
        let group = lookups.group(customer.group)
        // Nothing of the person: previews, mails and `show` tell this line.
        return MadeDocument(
            record: DocumentRecord(try values(customer, group)), summary: "customer \(customer.id), \(Escaped(group, limit: 40))", total: .zero)
    }

    private func values(_ customer: Customer, _ group: String) throws(DocumentRefusal) -> [String: DocumentValue] {
        let number = "\(customer.id)"
        let name = [customer.firstName, customer.lastName].filter { !$0.isEmpty }.joined(separator: " ")
        var values: [String: DocumentValue] = [
            "number": .text(number), "email": .text(customer.email), "first_name": .text(customer.firstName), "last_name": .text(customer.lastName),
            "name": .text(name), "tax_number": .text(customer.taxNumber), "group": .text(group),
            "group.code": .text(try settings.groupCodes.code(for: [group])),
            "website": .text(lookups.websites[customer.website] ?? "\(customer.website)"),
        ]
        values["registered"] = customer.created.map { .instant($0) }
        values["changed"] = customer.modified.map { .instant($0) }
        for (code, text) in customer.attributes { values["attribute.\(code)"] = .text(text) }
        if let reference = settings.reference { values["reference"] = .text(try reference.text(for: number)) }
        let billing = customer.billing ?? customer.addresses.first
        let delivery = customer.addresses.first { $0["default_shipping"] == .bool(true) } ?? billing
        try set(billing, "billing", name, &values)
        try set(delivery, "delivery", name, &values)
        values["company"] = values["billing.company"]
        values["party"] = values["billing.party"]
        return values
    }

    private func set(_ address: JSON?, _ prefix: String, _ customer: String, _ values: inout [String: DocumentValue]) throws(DocumentRefusal) {
        let words = { (name: String) in address?[name]?.text ?? "" }
        let name = [words("firstname"), words("lastname")].filter { !$0.isEmpty }.joined(separator: " ")
        let company = words("company")
        let street = (address?["street"]?.elements ?? []).compactMap(\.text).filter { !$0.isEmpty }
        let texts: [(String, String)] = [
            ("name", name), ("company", company), ("street", street.joined(separator: ", ")), ("city", words("city")),
            ("region", address?["region"]?["region"]?.text ?? ""), ("postcode", words("postcode")),
            ("country", try settings.countries.code(for: [words("country_id")])), ("telephone", words("telephone")),
        ]
        for (name, text) in texts { values["\(prefix).\(name)"] = .text(text) }
        for (index, line) in street.enumerated() {
            values["\(prefix).street\(index + 1)"] = .text(line)
            if index > 0 { values["\(prefix).street_from\(index + 1)"] = .text(street[index...].joined(separator: ", ")) }
        }
        // Whoever gives a company's name is addressed by it.
        values["\(prefix).party"] = .text(company.isEmpty ? (name.isEmpty ? customer : name) : company)
    }
}
