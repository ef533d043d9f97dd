/// Looks whether what the shop holds can also be bought there. That is told by an index of the shop's own, from which rows fall: the goods
/// then lie at their source, every figure agrees, and they sell to nobody.
package protocol SaleWatch: Sendable {
    /// So many of `total` keys are about to be looked at: what is cheaper to read of all of them at once is read here. Only reads.
    func begin(keys: Int, of total: Int) async throws

    /// Only reads. Throws a `Diagnostic` where the shop does not let itself be asked.
    ///
    /// - Parameter held: what we believe the shop holds of each key, as the entity encodes it.
    func look(at held: [RecordKey: EncodedValue]) async throws -> SaleSighting

    /// What open orders hold beyond what lies at the sources, of products that the shop does not sell below nothing: sold, and not there. Only reads.
    func oversold() async throws -> [RecordKey: ExactDecimal]

    /// What the shop holds back of products although no open order does, or sells although orders hold it (below nothing): reservations that were left
    /// behind or got lost. Every product is looked at. Only reads. `nil` where the shop does not tell.
    func strayReservations() async throws -> [RecordKey: ExactDecimal]?

    /// Has the shop make its index of `keys` anew: what it holds is sent to it once more, unchanged. Safe to repeat. Throws a `Diagnostic`
    /// where the shop does not take it, or no answer came; then a look tells.
    func renew(_ keys: [RecordKey]) async throws
}

extension SaleWatch {
    package func begin(keys: Int, of total: Int) async throws {}

    package func strayReservations() async throws -> [RecordKey: ExactDecimal]? { nil }
}

/// What a look at the shelf has seen.
package struct SaleSighting: Hashable, Sendable {
    /// Keys that are in stock where something is sold from.
    package var stocked: Int
    /// Of these, the ones that nobody can buy because open orders hold all of them.
    package var spokenFor: Int
    /// The ones that nobody can buy although nothing holds them, in the order of their keys.
    package var denied: [RecordKey]

    package init(stocked: Int = 0, spokenFor: Int = 0, denied: [RecordKey] = []) {
        self.stocked = stocked
        self.spokenFor = spokenFor
        self.denied = denied
    }
}
