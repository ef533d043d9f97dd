package import Domain

/// What the settings say of the unattended service.
package struct ServicePlan: Sendable {
    package var jobs: [Job]
    package var maintenance: Maintenance
    /// Maximum number of flows that run at the same time.
    package var workers: Int

    package init(jobs: [Job], maintenance: Maintenance = Maintenance(), workers: Int = 2) {
        self.jobs = jobs
        self.maintenance = maintenance
        self.workers = workers
    }
}

/// What came of a started slot.
package struct SlotResult: Hashable, Sendable {
    package var ending: SlotEnding
    /// One sentence for the record.
    package var note: String

    package init(_ ending: SlotEnding, _ note: String) {
        self.ending = ending
        self.note = note
    }
}
