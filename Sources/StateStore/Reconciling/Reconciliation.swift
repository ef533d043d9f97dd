package import Domain

/// One comparison of the shop with the mirror, of one entity.
package struct Reconciliation: Hashable, Sendable {
    package var id: Int64
    package var flow: String
    package var entity: String
    package var at: UTCInstant
    /// `all`, or `sample of 500`.
    package var scope: String
    package var matched = 0
    package var differing = 0
    /// Keys that the mirror has and the shop has not.
    package var missing = 0
    /// Whether the mirror took over what the shop holds.
    package var isAdopted: Bool
    package var drifts: [Drift] = []

    package var checked: Int { matched + differing + missing }

    package init(id: Int64 = 0, flow: String, entity: String, at: UTCInstant, scope: String, isAdopted: Bool) {
        self.id = id
        self.flow = flow
        self.entity = entity
        self.at = at
        self.scope = scope
        self.isAdopted = isAdopted
    }
}

/// A key whose value in the shop is not the mirror's.
package struct FoundDifference: Hashable, Sendable {
    package var key: RecordKey
    package var wanted: EncodedValue
    /// `nil` where the shop has not the key.
    package var observed: EncodedValue?

    package init(key: RecordKey, wanted: EncodedValue, observed: EncodedValue?) {
        self.key = key
        self.wanted = wanted
        self.observed = observed
    }
}
