/// A place where control leaves this process and a crash would matter.
///
/// Tests enumerate the crossings and stop the program at each of them (reliability G1). In a release build the
/// assembly hands in `Boundary.open`, which does nothing.
package struct Boundary: Sendable {
    package enum Moment: String, Sendable, CaseIterable {
        /// Nothing has happened yet.
        case before
        /// The effect is done out there; this process has not yet learnt of it.
        case afterEffect = "after-effect"
    }

    /// Called at each crossing with its name (`endpoint.rename`, `ledger.commit`, `shop.send`).
    /// It may throw or end the process; it must not do anything else.
    package var cross: @Sendable (_ name: String, _ moment: Moment) throws -> Void

    package init(cross: @escaping @Sendable (String, Moment) throws -> Void) { self.cross = cross }

    package static let open = Boundary { _, _ in }

    package func around<Result>(_ name: String, _ effect: () throws -> Result) throws -> Result {
        try cross(name, .before)
        let result = try effect()
        try cross(name, .afterEffect)
        return result
    }

    package func around<Result>(_ name: String, _ effect: () async throws -> Result) async throws -> Result {
        try cross(name, .before)
        let result = try await effect()
        try cross(name, .afterEffect)
        return result
    }
}
