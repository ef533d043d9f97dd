/// What is to become of a key whose file has one row and whose mirror one entry, where the two do not say the same. The new
/// value and its formula were appended to a buffer of the caller's.
package struct Revision: Hashable, Sendable {
    package var reach: ChangeReach
    /// Bytes of the new value; those of the formula follow them.
    package var valueCount: Int
    /// Whether the key could be bought before and after; what the zeroing gate counts.
    package var wasAvailable: Bool
    package var isAvailable: Bool

    package init(reach: ChangeReach, valueCount: Int, wasAvailable: Bool, isAvailable: Bool) {
        self.reach = reach
        self.valueCount = valueCount
        self.wasAvailable = wasAvailable
        self.isAvailable = isAvailable
    }
}

/// Whether the shop is told of a change, or only our own memory of the file is renewed.
package enum ChangeReach: Hashable, Sendable { case shop, memory }
