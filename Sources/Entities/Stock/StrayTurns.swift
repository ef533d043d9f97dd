/// Which looks at a whole shop ask for products that are in order by the index: a reservation that no order holds any more shows nowhere else.
///
/// One product in 2,000 is asked for, in two looks at least, evenly spread from a place on that chance chooses.
struct StrayTurns {
    /// Products of one look: two calls in flight.
    static let portion = 20
    private static let share = 2000

    private var every = 0
    private var left = 0

    init() {}

    init(keys: Int, chance: UInt16) {
        every = keys / max(2, keys / (Self.share * Self.portion))
        left = every * Int(chance) / (1 << 16) + 1
    }

    mutating func isDue(_ keys: Int) -> Bool {
        left -= keys
        guard left <= 0 else { return false }
        left += max(every, keys)
        return true
    }
}
