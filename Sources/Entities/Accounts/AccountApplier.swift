package import Domain
package import Magento

/// Brings accounts into the shop: one save per customer, and only of what differs.
package struct AccountApplier: AbsoluteApplier {
    let client: MagentoClient
    let rules: AccountRules
    let lookups: AccountLookups

    package init(client: MagentoClient, rules: AccountRules, lookups: AccountLookups) {
        self.client = client
        self.rules = rules
        self.lookups = lookups
    }

    package var batchSize: Int { get async { 20 } }

    private var finder: AccountFinder { AccountFinder(client: client, codeAttribute: rules.codeAttribute, website: lookups.website) }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await lookUp(keys.map { UnconfirmedKey(key: $0, value: []) })
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        let values = unconfirmed.map { (key: $0.key, value: (try? AccountValue(encoded: $0.value)) ?? AccountValue()) }
        let findings = try await finder.find(values.map { ($0.key, $0.value[.email]) })
        var standings: [RecordKey: KeyLookup] = [:]
        for (key, value) in values {
            standings[key] = standing(of: key, value, findings[key] ?? .none)
        }
        return standings
    }

    private func standing(of key: RecordKey, _ value: AccountValue, _ finding: AccountFinder.Finding) -> KeyLookup? {
        switch finding {
        case .one: .known(spelling: key)
        case .several(let count): .unsuitable(AccountRejections.several(count, rules.codeAttribute))
        case .taken(let other): .unsuitable(AccountRejections.taken(other))
        case .unlinked: rules.sameEmail == .link ? .known(spelling: key) : .unsuitable(AccountRejections.linkRefused)
        case .none:
            switch rules.newAccounts {
            case .leave: .leftOut
            case .reject: nil
            case .create: objection(toCreating: value).map { .unsuitable($0) } ?? .known(spelling: key)
            }
        }
    }

    func objection(toCreating value: AccountValue) -> RejectReason? {
        if value[.email] == nil { return AccountRejections.noEmail }
        return value[.group] == nil && rules.newGroup == nil ? AccountRejections.noGroup : nil
    }

    /// Every customer of the website who bears a code that nobody else bears.
    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await client.customers.all(website: lookups.website) { customers in
            var values: [ObservedValue] = []
            for customer in customers {
                guard let code = customer.attributes[rules.codeAttribute], !code.isEmpty else { continue }
                values.append(ObservedValue(key: RecordKey(code), value: try await value(of: customer).encoded))
            }
            if !values.isEmpty { try await visit(values) }
        }
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let findings = try await finder.find(changes.map { ($0.key, nil) })
        var observed: [ObservedValue] = []
        for change in changes {
            guard case .one(let customer)? = findings[change.key] else { continue }
            observed.append(ObservedValue(key: change.key, value: try await value(of: customer).encoded))
        }
        return observed
    }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        let findings: [RecordKey: AccountFinder.Finding]
        do { findings = try await find(changes) } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        var answers: [ChangeAnswer] = []
        for change in changes { answers.append(await apply(change, findings[change.key] ?? .none)) }
        return answers
    }

    func find(_ changes: [Change]) async throws -> [RecordKey: AccountFinder.Finding] {
        try await finder.find(changes.map { ($0.key, (try? AccountValue(encoded: $0.after))?[.email]) })
    }

    private func apply(_ change: Change, _ finding: AccountFinder.Finding) async -> ChangeAnswer {
        guard let after = try? AccountValue(encoded: change.after) else { return .rejected(AccountRejections.unreadable) }
        let before = change.before.flatMap { try? AccountValue(encoded: $0) }
        switch finding {
        case .one(let customer): return await update(change, customer, after, before: before)
        case .several(let count): return .rejected(AccountRejections.several(count, rules.codeAttribute))
        case .taken(let other): return .rejected(AccountRejections.taken(other))
        case .unlinked(let customer):
            guard rules.sameEmail == .link else { return .rejected(AccountRejections.linkRefused) }
            return await update(change, customer, after, before: nil)
        case .none:
            guard rules.newAccounts == .create else { return .rejected(AccountRejections.unknown(change.key)) }
            if let objection = objection(toCreating: after) { return .rejected(objection) }
            return await create(change, after)
        }
    }
}
