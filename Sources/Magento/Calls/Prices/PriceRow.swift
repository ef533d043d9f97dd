import Domain

/// A line of a price call, and a row that the shop reads back.
package protocol PriceRow: Hashable, Sendable {
    /// In the catalogue's spelling.
    var sku: String { get }
    /// Writes the line as one JSON object.
    func write(into text: inout JSONText)
    /// `nil` where a member is missing or no exact number.
    init?(_ json: JSON)
    /// Whether a failure with these parameters speaks of this line: see `PriceFailures`.
    func isMeant(by failure: PriceFailure) -> PriceFailure.Match
}

extension JSONText {
    /// What the lines of base prices, costs and special prices begin with; the object is left open.
    mutating func openRow(_ name: String, _ amount: ExactDecimal, store: Int, sku: String) {
        raw("{")
        string(name)
        raw(":")
        number(amount.description)
        raw(",\"store_id\":")
        number(String(store))
        raw(",\"sku\":")
        string(sku)
    }
}
