package import Domain
import Magento

/// The look between plans (reliability 5, layer 5): a guest must never get a product for less than its lowest public price.
extension GuestCheck {
    package var companions: [String] { [PriceKind.base, .special, .tier].map(\.rawValue) }

    package func violation(standing key: RecordKey, held: [String: EncodedValue], now: EncodedValue) -> String? {
        guard let sight = try? GuestSight(encoded: now) else { return nil }
        for offer in sight.offers {
            // Without a public price nothing says what would be too low.
            guard let lowest = lowestPublic(held, quantity: offer.quantity), let floor = lowest.percentage(settings.floor),
                offer.price < floor
            else { continue }
            let from = offer.quantity == 1 ? "" : " from \(offer.quantity) pieces"
            return "\(key): a guest gets \(offer.price.money)\(from) by \(offer.channel), the lowest public price is \(lowest.money)"
        }
        return nil
    }

    /// Offers of another time or website count as public too: what may be seen somewhere is not a leak.
    private func lowestPublic(_ held: [String: EncodedValue], quantity: ExactDecimal) -> ExactDecimal? {
        guard held[PriceKind.base.rawValue] != nil else { return nil }
        let entries = held.values.flatMap { (try? PriceValue(encoded: $0))?.entries ?? [] }
            .filter { $0.slot.quantity <= quantity && Self.isPublic($0.slot.group) }
        let fixed = entries.compactMap { entry in if case .fixed(let price) = entry.amount { price } else { nil } }
        let discounts = entries.compactMap { entry in if case .discount(let share) = entry.amount { share } else { nil } }
        guard let lowest = fixed.min(), let largest = discounts.max() else { return fixed.min() }
        return ExactDecimal(100).subtracting(largest).flatMap { lowest.percentage($0) }
    }

    private static func isPublic(_ group: String) -> Bool {
        group.isEmpty || [TierPrice.allGroups.lowercased(), "not logged in"].contains(group.lowercased())
    }
}
