/// What may be written without holding a flow's lease. Everything else is a flow's own work and proves its lease in the same
/// transaction: a process that was paused and overtaken must not write into its successor's work.
package enum LeaselessWrite: String, Sendable, CaseIterable {
    /// Taking a lease, watching another's, giving one's own back.
    case takingLeases
    /// A person's decision, with its entry in the audit log.
    case operators
    /// Causes of alarms, and which notices were handed over.
    case alarms
    /// What was seen of the shop, the endpoints and the service; how a flow's last call ended.
    case signs
    /// Mails on their way.
    case mail
    /// Which outcome and which day was reported.
    case reports
    /// What is past its time goes.
    case retention
    /// A person's data is erased.
    case erasure
    /// What a comparison with the shop has found.
    case comparisons
    /// Which shop and machine the ledger belongs to.
    case home
    /// When a flow was set up, and what its settings were pinned to.
    case beginnings
}
