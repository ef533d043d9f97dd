/// Looks over a whole plan before anything is sent: a mistake in a mapping shows in the whole and not in one row. What it finds
/// holds the plan as a gate does.
package protocol PlanInspector: Sendable {
    /// - Parameters:
    ///   - changes: the plan's changes, or an even share of a large plan's.
    ///   - known: how many keys the mirror has of the entity, or the same share of them.
    func findings(_ changes: [Change], known: Int) async throws -> [GateFinding]
}
