/// Everything that decides what a price file means for the shop.
package struct PriceRules: Sendable {
    /// A product that a full file leaves out; `hold` is `clear` after a person agreed.
    package enum MissingPolicy: String, Sendable, CaseIterable { case unchanged, clear, hold }

    package var kind: PriceKind
    package var terms: PriceTerms
    /// The ERP's group codes to names in the shop; of tier prices only.
    package var groups: [String: String]
    package var missing: MissingPolicy
    /// Two lines for the same price and the same time.
    package var duplicates: DuplicatePolicy
    package var limits: PriceLimits

    package init(
        kind: PriceKind,
        terms: PriceTerms,
        groups: [String: String] = [:],
        missing: MissingPolicy = .unchanged,
        duplicates: DuplicatePolicy = .reject,
        limits: PriceLimits = PriceLimits()
    ) {
        self.kind = kind
        self.terms = terms
        self.groups = groups
        self.missing = missing
        self.duplicates = duplicates
        self.limits = limits
    }
}
