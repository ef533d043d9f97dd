package import Domain
package import Magento

/// Brings group prices and quantity breaks into the shop, of the pinned groups only: rows of other groups are neither read
/// nor written.
///
/// The shop's present rows are read first, because a row can only be deleted by its exact price. Rows are added and changed by
/// `POST`; the replacing `PUT` is used only where a delete cannot name its row, and then with the product's complete set.
package struct TierPriceApplier: PriceApplying {
    package static let kind = PriceKind.tier
    package static let route = "products/tier-prices"
    package let client: MagentoClient
    package let sizer: BatchSizer
    private let places: StorePlaces
    private let timeline: Timeline
    private let pins: GroupPins
    private let audience: GroupPins.Audience
    /// The settings' spelling by the name in lower case.
    private let names: [String: String]

    /// - Parameter pins: the groups that the flow owns, resolved when the job started.
    package init(
        client: MagentoClient, places: StorePlaces, pins: GroupPins, audience: GroupPins.Audience, timeline: Timeline,
        sizer: BatchSizer? = nil
    ) {
        self.client = client
        self.places = places
        self.pins = pins
        self.audience = audience
        self.timeline = timeline
        self.sizer = sizer ?? client.pace.makeSizer()
        names = Dictionary(pins.ids.keys.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// All groups' rows: a replacing call needs them.
    package func read(_ skus: [String]) async throws -> [TierPrice] { try await client.tierPrices.find(skus) }

    package func value(_ rows: [TierPrice]) -> PriceValue { PriceValue(rows.compactMap(entry)) }

    private func entry(_ row: TierPrice) -> PriceEntry? {
        guard let name = names[row.group.lowercased()], let place = places.place(ofWebsite: row.website) else { return nil }
        let amount: PriceEntry.Amount =
            switch row.value {
            case .fixed(let price): .fixed(price)
            case .discount(let percent): .discount(percent)
            }
        return PriceEntry(.init(place: place, group: name, quantity: row.quantity), amount)
    }

    /// Throws the diagnostic of `GroupPins` where a group has changed since the job started: then nothing is sent.
    package func apply(_ changes: [Change]) async throws -> [ChangeAnswer] {
        let present: [[UInt8]: [TierPrice]]
        do {
            let groups = try await client.customerGroups.all()
            _ = try pins.resolved(Set(pins.ids.keys), in: groups, audience: audience)
            present = Dictionary(grouping: try await read(changes.map(PriceChange.sku)), by: \.foldedSKU)
        } catch let diagnostic as Diagnostic where diagnostic.code == "GROUP-CHANGED" || diagnostic.code == "GROUP-PUBLIC" {
            throw diagnostic
        } catch {
            return changes.map { _ in .deferred(SourceItemsApplier.diagnostic(error)) }
        }
        var replacing: [Int: PricePiece<TierPrice>] = [:]
        var answers = await PriceBatch.apply(changes, settler) { change throws(RejectReason) in
            let held = present[RecordKey.folded(Array(change.sku.utf8)[...])] ?? []
            let piece = try piece(change, held)
            guard isAmbiguous(piece, held) else { return piece }
            replacing[change.index] = try whole(piece, change, held)
            return PricePiece(index: change.index, sku: change.sku, rows: [], isHeld: piece.isHeld)
        }
        for (index, answer) in await replacer.settle(replacing.values.sorted { $0.index < $1.index }) {
            answers[index] = answer
        }
        return answers
    }

    /// What has to go and what has to come, against the rows that the shop has now.
    private func piece(_ change: PriceChange, _ held: [TierPrice]) throws(RejectReason) -> PricePiece<TierPrice> {
        var wanted: [TierPrice] = []
        for entry in change.after.entries {
            guard let website = places.websiteID(of: entry.slot.place) else {
                throw PriceChange.unknownPlace(entry.slot.place)
            }
            guard pins.ids[entry.slot.group] != nil else { throw notPinned(entry.slot.group) }
            let value: TierPrice.Value =
                switch entry.amount {
                case .fixed(let price): .fixed(price)
                case .discount(let percent): .discount(percent)
                }
            wanted.append(
                TierPrice(
                    sku: change.sku, website: website, group: entry.slot.group, quantity: entry.slot.quantity, value: value))
        }
        let slots = Set(change.after.entries.map(\.slot))
        let deletions = held.filter { row in entry(row).map { !slots.contains($0.slot) } ?? false }
        let present = Set(value(held).entries)
        let rows = zip(change.after.entries, wanted).filter { !present.contains($0.0) }.map(\.1)
        let after = change.after
        return PricePiece(index: change.index, sku: change.sku, deletions: deletions, rows: rows) { held in
            value(held).entries == after.entries
        }
    }

    /// A delete takes the first row of its group, quantity and price on whichever website, and never one of price 0.
    private func isAmbiguous(_ piece: PricePiece<TierPrice>, _ held: [TierPrice]) -> Bool {
        piece.deletions.contains { row in
            row.value == .fixed(0)
                || held.filter { $0.group == row.group && $0.quantity == row.quantity && $0.value == row.value }.count > 1
        }
    }

    /// The product's complete set as it is to be, other groups' rows as they are.
    private func whole(
        _ piece: PricePiece<TierPrice>, _ change: PriceChange, _ held: [TierPrice]
    ) throws(RejectReason) -> PricePiece<TierPrice> {
        var complete = held.filter { row in !piece.deletions.contains(row) && !piece.rows.contains { sameSlot($0, row) } }
        complete += piece.rows
        guard !complete.isEmpty else {
            throw RejectReason(
                "TIER-STUCK", value: Escaped(change.sku, limit: 80).description,
                "Magento cannot delete a tier price of 0, or one of two alike on different websites",
                fix: "Delete the product's tier prices in the admin, then retry")
        }
        return PricePiece(index: piece.index, sku: piece.sku, rows: complete, isHeld: piece.isHeld)
    }

    private func sameSlot(_ left: TierPrice, _ right: TierPrice) -> Bool {
        left.website == right.website && left.group.lowercased() == right.group.lowercased() && left.quantity == right.quantity
    }

    private func notPinned(_ group: String) -> RejectReason {
        RejectReason(
            "GROUP-NOT-PINNED", value: Escaped(group).description, "The group is not among the flow's groups any more",
            fix: "Plan the file again with the present settings")
    }

    private var settler: BatchSettler<PriceBatchRoute<TierPrice>> { settler { await client.tierPrices.save($0) } }
    private var replacer: BatchSettler<PriceBatchRoute<TierPrice>> { settler { await client.tierPrices.replaceAll($0) } }

    private func settler(_ save: @escaping @Sendable ([TierPrice]) async -> PriceAnswer) -> BatchSettler<PriceBatchRoute<TierPrice>> {
        let route = PriceBatchRoute<TierPrice>(
            name: "tier-prices", saveRows: save, deleteRows: { await client.tierPrices.delete($0) },
            read: { try await client.tierPrices.find($0) },
            lookUp: { skus in Set(try await client.basePrices.find(skus).map(\.foldedSKU)) })
        return BatchSettler(route, sizer: sizer, flights: client.pace.control(Self.route), timeline: timeline)
    }
}
