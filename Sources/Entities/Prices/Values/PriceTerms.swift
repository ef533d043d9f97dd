package import Domain
package import Magento

/// What a file's figures mean and what the shop wants: basis, taxes, currency, places, rounding.
package struct PriceTerms: Hashable, Sendable {
    package enum Basis: String, Sendable, CaseIterable {
        /// Without tax.
        case net
        /// With tax.
        case gross
    }

    /// How long a price without an end date is valid.
    package enum OpenEnd: String, Sendable, CaseIterable {
        case forever
        /// It holds until the next one of the same product starts.
        case untilNext = "until-next"
    }

    /// What an end at midnight means.
    package enum EndDay: String, Sendable, CaseIterable {
        /// The whole day that begins there is still part of it: the file gives dates.
        case included
        /// It is over at that moment.
        case excluded
    }

    /// Of the file, where a line does not say its own.
    package var fileBasis: Basis
    package var shopBasis: Basis
    /// Per cent by tax code.
    package var taxRates: [String: ExactDecimal]
    /// Where a line has no code.
    package var standardTaxCode: String?
    package var currency: String
    /// The file's website codes; a line without one holds everywhere.
    package var websites: [String: PricePlace]
    package var scope: PriceScope
    /// 2 to 6 decimals.
    package var digits: Int
    package var openEnd: OpenEnd
    package var endDay: EndDay
    package var zone: ShopZone
    /// The least margin over the cost, in per cent of the cost.
    package var leastMargin: ExactDecimal?

    package init(
        currency: String,
        zone: ShopZone,
        fileBasis: Basis = .net,
        shopBasis: Basis = .net,
        taxRates: [String: ExactDecimal] = [:],
        standardTaxCode: String? = nil,
        websites: [String: PricePlace] = [:],
        scope: PriceScope = .global,
        digits: Int = 2,
        openEnd: OpenEnd = .forever,
        endDay: EndDay = .included,
        leastMargin: ExactDecimal? = nil
    ) {
        self.currency = currency
        self.zone = zone
        self.fileBasis = fileBasis
        self.shopBasis = shopBasis
        self.taxRates = taxRates
        self.standardTaxCode = standardTaxCode
        self.websites = websites
        self.scope = scope
        self.digits = digits
        self.openEnd = openEnd
        self.endDay = endDay
        self.leastMargin = leastMargin
    }

    /// The window of a line's two cells.
    func window(from: UTCInstant?, to: UTCInstant?) -> Window {
        let end = to.flatMap { $0 < Self.never ? $0 : nil }
        return Window(from: from, to: endDay == .included ? end.map(zone.endOfDay) : end)
    }

    /// ERPs write 31.12.9999 where there is no end; no list is made for the year 9000.
    private static let never = UTCInstant(seconds: 221_845_392_000)
}
