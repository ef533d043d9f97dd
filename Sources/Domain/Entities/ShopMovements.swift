/// What the shop does to an entity's values by itself: a shipment takes goods off a source, whoever made it, and a credit memo may bring
/// them back. What we wrote last is then not what is there.
package protocol ShopMovements: Sendable {
    /// Hands over what the shop holds now of everything that may have moved, each key at least once. Only reads; throws a `Diagnostic`.
    ///
    /// - Parameter since: up to when by the shop's clock every move was seen; `nil`: none was yet.
    /// - Returns: up to when by the shop's clock this look saw every move; `nil` where it cannot be told.
    func look(since: UTCInstant?, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> UTCInstant?
}
