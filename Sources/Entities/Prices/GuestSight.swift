import Domain
import Magento

/// What a guest can get one product for, by every channel that was looked at.
struct GuestSight: Hashable, Sendable {
    struct Offer: Hashable, Sendable {
        var channel: String
        var quantity: ExactDecimal
        var price: ExactDecimal
        /// What is shown beside it as the price without any reduction; where the channel shows none, `nil`.
        var regular: ExactDecimal?
    }

    private(set) var offers: [Offer] = []

    init() {}

    mutating func add(_ price: GuestPrice, channel: String) {
        offers.append(Offer(channel: channel, quantity: 1, price: price.final, regular: price.regular))
        for tier in price.tiers {
            offers.append(Offer(channel: channel, quantity: tier.quantity, price: tier.price, regular: price.regular))
        }
    }

    mutating func add(_ price: ExactDecimal, channel: String) {
        offers.append(Offer(channel: channel, quantity: 1, price: price))
    }

    /// The best price of the same channel that was to be had for as many pieces.
    func lowest(like offer: Offer) -> ExactDecimal? {
        offers.filter { $0.channel == offer.channel && $0.quantity <= offer.quantity }.map(\.price).min()
    }

    /// The lowest price that any channel shows without a reduction.
    var regular: ExactDecimal? { offers.compactMap(\.regular).min() }

    var encoded: EncodedValue {
        var bytes: [UInt8] = []
        for offer in offers {
            ByteWriter.text(offer.channel, into: &bytes)
            ByteWriter.decimal(offer.quantity, into: &bytes)
            ByteWriter.decimal(offer.price, into: &bytes)
            ByteWriter.varint(offer.regular == nil ? 0 : 1, into: &bytes)
            if let regular = offer.regular { ByteWriter.decimal(regular, into: &bytes) }
        }
        return bytes
    }

    init(encoded: EncodedValue) throws {
        var reader = ByteReader(encoded)
        while !reader.isAtEnd {
            offers.append(
                Offer(
                    channel: try reader.text(), quantity: try reader.decimal(), price: try reader.decimal(),
                    regular: try reader.varint() == 0 ? nil : try reader.decimal()))
        }
    }
}
