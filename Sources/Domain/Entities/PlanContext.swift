/// What plays a part in an entity's values and stands in no file, such as orders that the shop still holds goods for. Read anew for
/// every plan.
package protocol PlanCircumstances: Sendable {
    /// Only reads. Throws a `Diagnostic` where it cannot be told: then nothing is planned.
    func look(_ context: PlanContext) async throws -> ExternalInputs
}

/// The figures that are being planned.
package struct PlanContext: Hashable, Sendable {
    /// Of what moment the figures are.
    package var asAt: UTCInstant
    /// What the file itself says of how far its figures go, in its own words.
    package var claims: [String]
    /// Up to when by the shop's clock everything was reckoned with already; `nil` where nothing was yet.
    package var since: UTCInstant?

    package init(asAt: UTCInstant, claims: [String] = [], since: UTCInstant? = nil) {
        self.asAt = asAt
        self.claims = claims
        self.since = since
    }
}

package struct ExternalInputs: Sendable {
    /// By folded key, in an encoding that only the entity reads. What may have moved since the last plan is always among them.
    package var values: [RecordKey: EncodedValue]
    /// Up to when by the shop's clock this look saw everything.
    package var seen: UTCInstant?

    package init(values: [RecordKey: EncodedValue] = [:], seen: UTCInstant? = nil) {
        self.values = values
        self.seen = seen
    }
}
