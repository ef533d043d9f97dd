package import Domain
package import Magento

/// Brings master data into the shop: one call per product, one after the other, because product saves deadlock in company.
package struct ProductApplier: AbsoluteApplier {
    private let client: MagentoClient
    private let rules: ProductRules
    private let timeline: Timeline
    /// Tries of a product that Magento "could not save".
    private let saveTries = 3

    package init(client: MagentoClient, rules: ProductRules, timeline: Timeline) {
        self.client = client
        self.rules = rules
        self.timeline = timeline
    }

    package var batchSize: Int { get async { 20 } }

    /// Where products may be created, the shop knows every SKU under the file's spelling.
    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        let known = try await spellings(keys.map(\.text))
        var standings: [RecordKey: KeyLookup] = [:]
        for key in keys {
            if let spelling = known[RecordKey.folded(key.bytes[...])] {
                standings[key] = .known(spelling: RecordKey(spelling))
            } else if rules.newProducts == .createDisabled {
                standings[key] = .known(spelling: key)
            }
        }
        return standings
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await client.catalogue.all { entries in
            let found = try await client.products.find(entries.map(\.sku))
            try await visit(found.sorted { $0.key < $1.key }.map { value(RecordKey($0.key), $0.value) })
        }
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        let found = Dictionary(
            try await client.products.find(changes.map(Self.sku)).map { (RecordKey.folded(Array($0.key.utf8)[...]), $0.value) },
            uniquingKeysWith: { first, _ in first })
        return changes.compactMap { change in
            found[RecordKey.folded(Array(Self.sku(change).utf8)[...])].map { value(change.key, $0) }
        }
    }

    package func apply(_ changes: [Change]) async -> [ChangeAnswer] {
        let known: [[UInt8]: String]
        do { known = try await spellings(changes.map(Self.sku)) } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        var answers: [ChangeAnswer] = []
        for change in changes {
            let isKnown = known[RecordKey.folded(Array(Self.sku(change).utf8)[...])] != nil
            answers.append(await apply(change, isKnown: isKnown))
        }
        return answers
    }

    private func apply(_ change: Change, isKnown: Bool) async -> ChangeAnswer {
        guard let after = try? ProductValue(encoded: change.after) else { return .rejected(PriceRejections.unreadable) }
        let before = change.before.flatMap { try? ProductValue(encoded: $0) }
        var fields = after.fields(differingFrom: isKnown ? before : nil).owned(by: rules)
        if !isKnown {
            guard rules.newProducts == .createDisabled else { return .rejected(Self.unknown(change.key)) }
            guard fields.name != nil else { return .rejected(Self.nameless(change.key)) }
            fields.status = .disabled
            fields.creation = ProductFields.Creation(attributeSet: rules.attributeSet)
        }
        guard !fields.isEmpty else { return .applied(evidence: "the shop holds it already") }
        return await save(change, fields, tries: saveTries)
    }

    private func save(_ change: Change, _ fields: ProductFields, tries: Int) async -> ChangeAnswer {
        switch await client.products.save(sku: Self.sku(change), fields) {
        case .done(let payload):
            let dropped = fields.dropped(by: payload.json)
            guard dropped.isEmpty else { return .rejected(AccountRejections.dropped(dropped)) }
            return .applied(evidence: fields.creation == nil ? "200 from products" : "created, disabled")
        case .notDone(let refusal):
            switch refusal.disposition {
            case .again where tries > 1:
                do { try await timeline.sleep(.milliseconds(200 << (saveTries - tries))) } catch { return .deferred(refusal.diagnostic) }
                return await save(change, fields, tries: tries - 1)
            case .refused, .absent: return .rejected(Self.refused(change.key, refusal))
            case .cut, .again, .wait: return .deferred(refusal.diagnostic)
            }
        case .unknown(let refusal):
            // What was sent decides, not what was planned: a field of somebody else's may differ.
            var sent = fields
            sent.creation = nil
            guard let held = try? await readBack([change]).first, let observed = try? ProductValue(encoded: held.value) else {
                return .deferred(refusal.diagnostic)
            }
            guard !ProductValue(sent.owned(by: rules)).fields(differingFrom: observed).isEmpty else {
                return .applied(evidence: "read back from products")
            }
            return tries > 1 ? await save(change, fields, tries: 1) : .deferred(refusal.diagnostic)
        }
    }

    private func value(_ key: RecordKey, _ fields: ProductFields) -> ObservedValue {
        ObservedValue(key: key, value: ProductValue(fields.owned(by: rules)).encoded)
    }

    /// The catalogue's spelling by what the shop compares.
    private func spellings(_ skus: [String]) async throws -> [[UInt8]: String] {
        let entries = try await client.catalogue.find(skus)
        return Dictionary(entries.map { (RecordKey.folded(Array($0.sku.utf8)[...]), $0.sku) }, uniquingKeysWith: { first, _ in first })
    }

    private static func sku(_ change: Change) -> String {
        ((try? ProductValue(encoded: change.after))?.spelling ?? change.key).text
    }

    private static func unknown(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "SKU-UNKNOWN", value: key.description, "The shop does not have the product any more",
            fix: "Create it in the shop, or say new: create_disabled")
    }
    private static func nameless(_ key: RecordKey) -> RejectReason {
        RejectReason(
            "PRODUCT-NAMELESS", value: key.description, "A product that is to be created needs a name",
            fix: "Map the name's column and let products own the name")
    }
    private static func refused(_ key: RecordKey, _ refusal: Refusal) -> RejectReason {
        RejectReason(
            "SHOP-REFUSED", value: key.description, "Magento refuses the product: \(refusal.message)",
            fix: "Correct the value at its source, then retry")
    }
}
