package import Domain
package import Magento

/// Customers who registered in the shop and whom the ERP does not know: they have no account code yet.
package struct CustomerSource: DocumentSource {
    private let client: MagentoClient
    private let settings: CustomerSettings
    private let lookups: CustomerLookups
    /// Whoever registered before it is nobody new.
    private let start: UTCInstant

    package init(client: MagentoClient, settings: CustomerSettings, lookups: CustomerLookups, start: UTCInstant) {
        self.client = client
        self.settings = settings
        self.lookups = lookups
        self.start = start
    }

    package func sweep(since changed: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        let websites = lookups.websites.filter { settings.websites.contains($0.value) }.keys.sorted()
        var latest: UTCInstant?
        let began = try await client.customers.sweep(changedSince: changed, createdSince: start, websites: websites) { page in
            let sightings = page.map(observation)
            for observation in sightings { latest = max(latest ?? observation.modified, observation.modified) }
            try await visit(sightings)
        }
        // The shop's clock at the beginning: who changes while the pages are read is seen by the next sweep.
        return began ?? latest
    }

    package func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        try await client.customers.find(ids: places.map(Int.init)).map { customer in
            OutboundDocument(observation: observation(customer), content: customer.document.bytes)
        }
    }

    /// A customer without a readable time waits and keeps nobody else back.
    private func observation(_ customer: Customer) -> DocumentSighting {
        let standing: DocumentReadiness =
            if let created = customer.created { readiness(customer, created) } else {
                .waiting("the shop does not tell when the customer registered")
            }
        return DocumentSighting(
            place: Int64(customer.id), identity: RecordKey("\(customer.id)"),
            modified: customer.modified ?? customer.created ?? UTCInstant(seconds: 0), readiness: standing)
    }

    private func readiness(_ customer: Customer, _ created: UTCInstant) -> DocumentReadiness {
        if let code = customer.attributes[settings.attribute], !code.isEmpty { return .passed("is the ERP's account \(Escaped(code, limit: 40))") }
        if created < start { return .passed("registered before this flow began") }
        let group = lookups.group(customer.group)
        guard settings.groups.isEmpty || settings.groups.contains(where: { $0.lowercased() == group.lowercased() }) else {
            return .waiting("is in the group \(Escaped(group, limit: 40))")
        }
        return .ready
    }
}
