package import Domain

/// Wall time of one zone to UTC, with a declared answer for both ends of summer time.
package struct ZoneRules: Sendable {
    /// What a time means that the clock shows twice (01:30 on the last Sunday of October).
    package enum Overlap: String, Sendable, CaseIterable {
        case earlier, later
        /// The default: a guess could put an older file over a newer one.
        case reject
    }

    package enum Fault: Error, Hashable, Sendable {
        /// The clock never showed this time (01:30 on the last Sunday of March).
        case gap
        case overlap
    }

    package var name: String { table.name }
    private let table: ZoneTable

    /// Throws `ZONE-UNKNOWN`.
    package init(_ name: String) throws { table = try ZoneTable(name) }

    /// The moment at which this zone's clocks show `wall`.
    package func instant(of wall: WallTime, overlap: Overlap) -> Result<UTCInstant, Fault> {
        let shown = table.instants(ofWall: wall.milliseconds)
        guard let earlier = shown.first, let later = shown.last else { return .failure(.gap) }
        guard earlier != later else { return .success(earlier) }
        switch overlap {
        case .earlier: return .success(earlier)
        case .later: return .success(later)
        case .reject: return .failure(.overlap)
        }
    }
}
