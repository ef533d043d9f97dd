import Domain
import Magento

/// What shoppers can get one product for, by every channel that was looked at.
struct PriceSight: Hashable, Sendable {
    struct Offer: Hashable, Sendable {
        /// The test account that it was shown to; empty for a guest.
        var shopper = ""
        var channel: String
        var quantity: ExactDecimal
        var price: ExactDecimal
        /// What is shown beside it as the price without any reduction; where the channel shows none, `nil`.
        var regular: ExactDecimal?
    }

    private(set) var offers: [Offer] = []

    init() {}

    mutating func add(_ price: ShopperPrice, to shopper: String = "", channel: String) {
        for (quantity, amount) in [(ExactDecimal(1), price.final)] + price.tiers.map({ ($0.quantity, $0.price) }) {
            offers.append(
                Offer(shopper: shopper, channel: channel, quantity: quantity, price: amount, regular: price.regular))
        }
    }

    mutating func add(_ price: ExactDecimal, channel: String) {
        offers.append(Offer(channel: channel, quantity: 1, price: price))
    }

    /// The best price of the same channel that was to be had for as many pieces.
    func lowest(like offer: Offer) -> ExactDecimal? {
        offers.filter { $0.shopper == offer.shopper && $0.channel == offer.channel && $0.quantity <= offer.quantity }
            .map(\.price).min()
    }

    /// The lowest price that any channel shows without a reduction.
    var regular: ExactDecimal? { offers.compactMap(\.regular).min() }

    var encoded: EncodedValue {
        var bytes: [UInt8] = []
        for offer in offers {
            ByteWriter.text(offer.shopper, into: &bytes)
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
                    shopper: try reader.text(), channel: try reader.text(), quantity: try reader.decimal(), price: try reader.decimal(),
                    regular: try reader.varint() == 0 ? nil : try reader.decimal()))
        }
    }
}

extension PriceSight.Offer: CustomStringConvertible {
    /// `a guest gets 6.00 from 10 pieces by GraphQL`
    var description: String {
        let who = shopper.isEmpty ? "a guest" : "the account \(Escaped(shopper))"
        let from = quantity == 1 ? "" : " from \(quantity) pieces"
        return "\(who) gets \(price.money)\(from) by \(channel)"
    }
}
