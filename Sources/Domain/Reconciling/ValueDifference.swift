/// Where what the shop holds is not what it should hold: one place of one key's value.
package struct ValueDifference: Hashable, Sendable {
    /// The source, the group or whatever else tells the value's parts apart; empty where it has none.
    package var place: String
    /// `nil` where the part is no number, or the other side has none.
    package var wanted: ExactDecimal?
    package var observed: ExactDecimal?

    package init(place: String, wanted: ExactDecimal?, observed: ExactDecimal?) {
        self.place = place
        self.wanted = wanted
        self.observed = observed
    }

    /// By how much the shop is too high; negative where it is too low.
    package var excess: ExactDecimal? {
        guard let wanted, let observed else { return nil }
        return observed.subtracting(wanted)
    }
}
