import Domain
import Magento

extension AccountApplier {
    /// Saves what of `after` is owned and differs: from what this program last knew, or from the customer where that is nothing.
    func update(_ change: Change, _ found: Customer, _ after: AccountValue, before: AccountValue?, evidence: [String] = []) async -> ChangeAnswer {
        var customer = found
        var evidence = evidence
        if wantsCompany(customer, after) {
            switch await makeCompany(for: customer, after, account: change.key) {
            case .done(let now): (customer, evidence) = (now, evidence + ["company made"])
            case .not(let answer): return answer
            }
        }
        let fields: CustomerFields
        let different: AccountValue
        let credit: Companies.Credit?
        do {
            let observed = try await value(of: customer)
            different = after.limited(to: rules.sent).differing(from: before ?? observed)
            credit = different[.creditLimit] == nil ? nil : try await self.credit(of: customer)
            var draft = try self.fields(
                different, whole: observed.overlaid(with: after.limited(to: rules.sent)), account: change.key, of: customer, credit: credit)
            if (customer.attributes[rules.codeAttribute] ?? "").isEmpty { draft.attributes[rules.codeAttribute] = change.key.text }
            fields = draft
        } catch let reason as RejectReason {
            return .rejected(reason)
        } catch {
            return .deferred(SourceItemsApplier.diagnostic(error))
        }
        if !fields.isEmpty {
            switch await client.customers.save(customer, fields) {
            case .done(let payload):
                if let group = fields.group, let moved = movedGroup(payload.json, from: group) { return .rejected(moved) }
                if let dropped = dropped(payload.json, of: fields) { return .rejected(dropped) }
                evidence.append("200 from customers")
            case .notDone(let refusal): return answer(refusal, change.key)
            case .unknown(let refusal):
                guard await isThere(change, after) else { return .deferred(refusal.diagnostic) }
                evidence.append("read back from customers")
            }
        }
        if let problem = await updateCompany(change, customer, different, credit, evidence: &evidence) { return problem }
        return .applied(evidence: evidence.isEmpty ? "the shop holds it already" : evidence.joined(separator: ", "))
    }

    /// The company's part; `nil` where all of it is done.
    private func updateCompany(
        _ change: Change, _ customer: Customer, _ different: AccountValue, _ credit: Companies.Credit?, evidence: inout [String]
    ) async -> ChangeAnswer? {
        if let group = different[.group], isCompanyUser(customer), let company = customer.company, let id = lookups.id(ofGroup: group) {
            do {
                let answer = await client.companies.setGroup(id, of: try await client.companies.company(company))
                if let refusal = answer.refusal { return self.answer(refusal, change.key) }
                evidence.append("200 from company")
            } catch {
                return .deferred(SourceItemsApplier.diagnostic(error))
            }
        }
        if let credit, let limit = ExactDecimal(plain: different[.creditLimit] ?? "") {
            if let refusal = await client.companies.setLimit(limit, of: credit).refusal { return answer(refusal, change.key) }
            evidence.append("200 from companyCredits")
        }
        return nil
    }

    /// Makes the customer, exactly once: after any doubt the shop is looked at, and nothing is sent again in this attempt.
    func create(_ change: Change, _ after: AccountValue) async -> ChangeAnswer {
        var fields: CustomerFields
        do {
            var whole = after.limited(to: rules.sent.union([.email, .firstName, .lastName]))
            whole[.firstName] = after[.firstName] ?? rules.contact
            whole[.lastName] = after[.lastName] ?? after[.name] ?? change.key.text
            // Without a group the shop would take its own default, which may be a trade group.
            whole[.group] = after[.group] ?? rules.newGroup
            // The limit is the company's, which comes after its first user.
            if wantsCompany(nil, after) { whole[.creditLimit] = nil }
            fields = try self.fields(whole, whole: whole, account: change.key, of: nil, credit: nil)
        } catch {
            return .rejected(error)
        }
        fields.attributes[rules.codeAttribute] = change.key.text
        switch await client.customers.submit(fields, website: lookups.website) {
        case .done(let payload):
            if let group = fields.group, let moved = movedGroup(payload.json, from: group) { return .rejected(moved) }
            if let dropped = dropped(payload.json, of: fields) { return .rejected(dropped) }
            guard wantsCompany(nil, after) else { return .applied(evidence: "created") }
            guard let customer = Customer(payload.json) else { return .deferred(Self.appeared(change.key)) }
            return await update(change, customer, after, before: nil, evidence: ["created"])
        case .notDone(let refusal):
            guard refusal.reason == .invalid else { return answer(refusal, change.key) }
            // Somebody may have registered with the address since the plan was made; the next attempt finds them.
            switch (try? await find([change])[change.key]) ?? .none {
            case .one, .unlinked: return .deferred(Self.appeared(change.key))
            case .several, .taken, .none: return .rejected(AccountRejections.refused(change.key, refusal))
            }
        case .unknown(let refusal):
            guard await isThere(change, after) else { return .deferred(refusal.diagnostic) }
            return .applied(evidence: "found after an answer was lost")
        }
    }

    private func isThere(_ change: Change, _ after: AccountValue) async -> Bool {
        guard let held = try? await readBack([change]).first else { return false }
        return AccountDefinition(rules).isSatisfied(after.encoded, by: held.value)
    }

    func answer(_ refusal: Refusal, _ account: RecordKey) -> ChangeAnswer {
        switch refusal.disposition {
        case .refused, .absent: .rejected(AccountRejections.refused(account, refusal))
        case .cut, .again, .wait: .deferred(refusal.diagnostic)
        }
    }

    /// Shops that check VAT numbers may choose a group of their own while they save.
    private func movedGroup(_ answer: JSON, from group: Int) -> RejectReason? {
        guard let held = answer["group_id"]?.whole, held != group else { return nil }
        return AccountRejections.moved(to: lookups.name(ofGroup: held))
    }

    /// The answer to a save is the customer as it is kept now. What is not in it was dropped.
    private func dropped(_ answer: JSON, of fields: CustomerFields) -> RejectReason? {
        guard let held = Customer(answer) else { return nil }
        let missing = fields.attributes.filter { !$0.value.isEmpty && (held.attributes[$0.key] ?? "").isEmpty }.keys.sorted()
        return missing.isEmpty ? nil : AccountRejections.dropped(missing)
    }

    private static func appeared(_ key: RecordKey) -> Diagnostic {
        Diagnostic(
            "ACCOUNT-APPEARED", "the customer of account \(key) came into being meanwhile", fix: "nothing: the next attempt joins the two",
            kind: .transient)
    }
}
