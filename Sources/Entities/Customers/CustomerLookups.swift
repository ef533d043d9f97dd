import Domain
package import Magento

/// What ids mean in this shop, and that the attribute of account codes is there.
package struct CustomerLookups: Hashable, Sendable {
    package var websites: [Int: String]
    package var groups: [Int: String]

    package init(websites: [Int: String], groups: [Int: String]) {
        self.websites = websites
        self.groups = groups
    }

    /// Throws `Diagnostic`: without the attribute everybody would look new.
    package init(_ settings: CustomerSettings, client: MagentoClient) async throws {
        try await Self.checkAttribute(settings, client)
        let sites = try await client.stores.websites()
        for code in settings.websites where !sites.contains(where: { $0.code == code }) {
            throw Diagnostic("WEBSITE-UNKNOWN", "the shop has no website \(Escaped(code, limit: 40))", fix: "correct customers.websites")
        }
        let groups = try await client.customerGroups.all()
        for name in settings.groups where !groups.contains(where: { $0.code.lowercased() == name.lowercased() }) {
            throw Diagnostic("GROUP-UNKNOWN", "the shop has no customer group called \(Escaped(name, limit: 40))", fix: "correct customers.groups")
        }
        self.init(
            websites: Dictionary(sites.map { ($0.id, $0.code) }, uniquingKeysWith: { first, _ in first }),
            groups: Dictionary(groups.map { ($0.id, $0.code) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Throws `Diagnostic` where the shop does not keep values of the attribute of account codes.
    package static func checkAttribute(_ settings: CustomerSettings, _ client: MagentoClient) async throws {
        guard try await client.customerAttributes.attribute(settings.attribute) != nil else {
            throw Diagnostic(
                "ATTRIBUTE-UNKNOWN",
                "customers of the shop have no attribute \(Escaped(settings.attribute, limit: 40)), which tells who is known to the ERP",
                fix: "create the attribute in the shop, or correct customers.attribute")
        }
        // Linked accounts would look new for ever.
        guard try await client.customerAttributes.kept().contains(settings.attribute) else {
            throw AccountLookups.dropped(attribute: settings.attribute)
        }
    }

    func group(_ id: Int) -> String { groups[id] ?? "group \(id)" }
}
