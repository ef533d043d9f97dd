package import Domain

/// Sees every answer of the shop as it comes, tries again included: what alarms count.
package struct ShopObserver: Sendable {
    /// The status, and the shop's own time where it tells it.
    package var answered: @Sendable (_ status: Int, _ serverTime: UTCInstant?) -> Void

    package init(answered: @escaping @Sendable (Int, UTCInstant?) -> Void) { self.answered = answered }

    package static let none = ShopObserver { _, _ in }
}
