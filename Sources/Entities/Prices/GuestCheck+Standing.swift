package import Domain
import Magento

/// The look between plans (reliability 5, layer 5): a guest must never get a product for less than its lowest public price, and
/// an account of a group neither for less than its group's nor for more.
extension GuestCheck {
    package var companions: [String] { [PriceKind.base, .special, .tier].map(\.rawValue) }

    package func violation(standing key: RecordKey, held: [String: EncodedValue], now: EncodedValue) -> String? {
        guard let sight = try? PriceSight(encoded: now) else { return nil }
        for offer in sight.offers {
            let shopper = shopper(offer)
            // Without a public price nothing says what would be too low.
            guard let lowest = lowestDue(held, to: shopper, quantity: offer.quantity), let floor = lowest.percentage(settings.floor)
            else { continue }
            if offer.price < floor {
                let whose = shopper?.group == nil ? "the lowest public price" : "its lowest price"
                return "\(key): \(offer), \(whose) is \(lowest.money)"
            }
            if let due = shopper.flatMap({ highestDue(held, to: $0) }), offer.quantity == 1, isAbove(due, offer, held) {
                return "\(key): \(offer), its group's price is \(due.money)"
            }
        }
        return nil
    }

    /// Offers of another time or website count too: what may be seen somewhere is not a leak.
    private func lowestDue(_ held: [String: EncodedValue], to shopper: Shopper?, quantity: ExactDecimal) -> ExactDecimal? {
        guard held[PriceKind.base.rawValue] != nil else { return nil }
        let entries = Self.entries(held).filter { entry in
            entry.slot.quantity <= quantity && (Self.isPublic(entry.slot.group) || shopper?.gets(entry.slot.group) == true)
        }
        let fixed = entries.compactMap { entry in if case .fixed(let price) = entry.amount { price } else { nil } }
        let discounts = entries.compactMap { entry in if case .discount(let share) = entry.amount { share } else { nil } }
        guard let lowest = fixed.min(), let largest = discounts.max() else { return fixed.min() }
        return ExactDecimal(100).subtracting(largest).flatMap { lowest.percentage($0) }
    }

    /// What the account's group pays for one piece, wherever that is most.
    private func highestDue(_ held: [String: EncodedValue], to shopper: Shopper) -> ExactDecimal? {
        Self.entries(held).compactMap { entry in
            if case .fixed(let price) = entry.amount, entry.slot.quantity <= 1, shopper.gets(entry.slot.group) { price } else { nil }
        }.max()
    }

    /// A shop may show tax that its lists do not hold. So the offer is weighed against the full price beside it, as the group's price
    /// is against the public one; a penny is rounding.
    private func isAbove(_ due: ExactDecimal, _ offer: PriceSight.Offer, _ held: [String: EncodedValue]) -> Bool {
        let bases = (held[PriceKind.base.rawValue].flatMap { try? PriceValue(encoded: $0) }?.entries ?? []).map(\.amount.number)
        guard offer.price > due, let regular = offer.regular, let base = bases.min(), let rounding = ExactDecimal(plain: "0.01"),
            let shown = offer.price.subtracting(rounding)?.multiplied(by: base), let allowed = due.multiplied(by: regular)
        else { return false }
        return shown > allowed
    }

    private static func entries(_ held: [String: EncodedValue]) -> [PriceEntry] {
        held.values.flatMap { (try? PriceValue(encoded: $0))?.entries ?? [] }
    }

    private static func isPublic(_ group: String) -> Bool {
        group.isEmpty || [TierPrice.allGroups.lowercased(), "not logged in"].contains(group.lowercased())
    }
}
