package import Domain
package import StateStore

/// Everything one look at the alarms is judged by: the books, the readings, and the disk.
package struct AlarmInputs: Sendable {
    package struct FlowInput: Sendable {
        var flow: WatchPlan.WatchedFlow
        var signs: FlowSigns
        var watchedSince: UTCInstant
        var attempt: Reading?
        var busy: Reading?
        var success: Reading?
        var guest: Reading?
        var drift: Reading?
        var sale: Reading?
        var orderGaps: Reading?
        var watermarks: [(entity: String, feed: String, version: UTCInstant)]
        /// Of what usually waits in the flow, the middle; `nil` where too little is known yet.
        var usualBacklog: Int64?
    }

    /// The disk that the state folder is on.
    package struct Disk: Hashable, Sendable {
        package var free: Int64
        package var size: Int64

        package init(free: Int64, size: Int64) {
            self.free = free
            self.size = size
        }
    }

    var now: UTCInstant
    var flows: [FlowInput]
    var heartbeat: Reading?
    var settings: Reading?
    var clockBack: Reading?
    var backup: Reading?
    var backupFailed: Reading?
    /// Since when backups are asked for.
    var backupWatched: Reading?
    var shopClock: Reading?
    var endpointClocks: [Reading]
    var queue: Reading?
    var serverErrors: Int
    var oldestNotice: Notice?
    var oldestMail: MailCopy?
    var outbound: [OutboundSigns]
    var doubles: [DoubledCall]
    var disk: Disk?
    var undone: [UndoneWork]
    /// Since when an erasure waits for the ledger's file to be cleaned.
    var uncleanSince: UTCInstant?

    /// Reads the books as they stand now. A flow that is looked at for the first time counts from now on.
    package init(_ writer: LedgerWriter, _ plan: WatchPlan, disk: Disk?, at now: UTCInstant) throws {
        for flow in plan.flows where try writer.reader.reading(.watched, flow.name) == nil {
            try writer.record(reading: .watched, flow.name, at: now)
        }
        if plan.backsUp, try writer.reader.reading(.watched, AlarmKey.service) == nil {
            try writer.record(reading: .watched, AlarmKey.service, at: now)
        }
        try self.init(writer.reader, plan, disk: disk, at: now)
    }

    package init(_ reader: LedgerReader, _ plan: WatchPlan, disk: Disk?, at now: UTCInstant) throws {
        self.now = now
        self.disk = disk
        flows = try plan.flows.map { flow in
            let usual = try reader.samples(of: .backlog, flow.name, before: now.adding(.seconds(-3600)))
            return FlowInput(
                flow: flow, signs: try reader.signs(of: flow.name, at: now),
                watchedSince: try reader.reading(.watched, flow.name)?.at ?? now,
                attempt: try reader.reading(.attempt, flow.name), busy: try reader.reading(.busy, flow.name),
                success: try reader.reading(.success, flow.name),
                guest: try reader.reading(.guest, flow.name), drift: try reader.reading(.drift, flow.name),
                sale: try reader.reading(.sale, flow.name), orderGaps: try reader.reading(.orderGaps, flow.name),
                watermarks: try reader.watermarks(flow: flow.name),
                usualBacklog: usual.count >= 24 ? usual[usual.count / 2] : nil
            )
        }
        heartbeat = try reader.reading(.heartbeat, AlarmKey.service)
        settings = try reader.reading(.settings, AlarmKey.service)
        clockBack = try reader.reading(.clockBack, AlarmKey.service)
        backup = try reader.reading(.backup, AlarmKey.service)
        backupFailed = try reader.reading(.backupFailed, AlarmKey.service)
        backupWatched = try reader.reading(.watched, AlarmKey.service)
        shopClock = try reader.reading(.shopClock, AlarmKey.shop)
        endpointClocks = try reader.readings(.endpointClock)
        queue = try reader.reading(.queue, AlarmKey.shop)
        serverErrors = try reader.total(of: .serverErrors, AlarmKey.shop, since: now.adding(.seconds(-600)))
        oldestNotice = try reader.undeliveredNotices(limit: 1).first
        oldestMail = try reader.mailCopies(in: .waiting, limit: 1).first
        doubles = try reader.doubledCalls()
        outbound = try plan.outbound(reader, now)
        undone = try reader.undoneWork(at: now)
        uncleanSince = try reader.uncleanSince()
    }
}
