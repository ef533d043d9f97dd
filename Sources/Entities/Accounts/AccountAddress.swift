import Domain
import Magento

/// The address of invoices, read from a customer and put back among the others: the shop deletes those that a list leaves out.
enum AccountAddress {
    static func texts(of address: JSON?) -> [AccountField: String] {
        guard let address else { return [:] }
        let region = address["region"]?["region"]?.text ?? address["region"]?.text ?? ""
        return [
            .street: (address["street"]?.elements ?? []).compactMap(\.text).joined(separator: "\n"), .city: address["city"]?.text ?? "",
            .region: region, .postcode: address["postcode"]?.text ?? "", .country: address["country_id"]?.text ?? "",
            .telephone: address["telephone"]?.text ?? "",
        ]
    }

    /// All of the customer's addresses, that of invoices as `value` has it. A new one is for deliveries too where there is none.
    static func list(_ customer: Customer?, _ value: AccountValue) -> [JSON] {
        var addresses = customer?.addresses ?? []
        let index = addresses.firstIndex { $0["default_billing"] == .bool(true) }
        var members = JSONObject()
        if let index, case .object(let known) = addresses[index] { members = known }
        if members.isEmpty {
            members["firstname"] = .string(customer?.firstName ?? value[.firstName] ?? "")
            members["lastname"] = .string(customer?.lastName ?? value[.lastName] ?? "")
            members["default_billing"] = .bool(true)
            if !addresses.contains(where: { $0["default_shipping"] == .bool(true) }) { members["default_shipping"] = .bool(true) }
        }
        let texts = texts(of: index.map { addresses[$0] }).merging(value.fields.filter { AccountField.address.contains($0.key) }) { $1 }
        members["street"] = .array((texts[.street] ?? "").split(separator: "\n").map { .string(String($0)) })
        members["city"] = .string(texts[.city] ?? "")
        members["postcode"] = .string(texts[.postcode] ?? "")
        members["country_id"] = .string(texts[.country] ?? "")
        members["telephone"] = .string(texts[.telephone] ?? "")
        let region = texts[.region] ?? ""
        if members["region"]?["region"]?.text != region {
            // A region's number would win over its new name.
            members["region_id"] = nil
            members["region"] = .object(["region": .string(region)])
        }
        if let name = value[.name], !name.isEmpty { members["company"] = .string(name) }
        if let index { addresses[index] = .object(members) } else { addresses.append(.object(members)) }
        return addresses
    }
}
