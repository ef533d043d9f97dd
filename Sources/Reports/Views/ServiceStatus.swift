package import Domain
package import StateStore

/// How everything stands.
package struct ServiceStatus: Encodable {
    package struct Service: Encodable {
        /// `serving`, `stopped`, `silent`, or `never` where nobody ever served.
        package var state: String
        package var seen: String?
    }

    /// Work that is under way or waits, of any flow that the ledger knows.
    package struct Undone: Encodable {
        package var flow: String
        package var kind: String
        package var count: Int
        package var since: String
        package var oldest: String
    }

    package var alarms: [AlarmView]
    package var service: Service
    package var flows: [FlowStatus]
    package var undone: [Undone]
    /// What is known of the servers.
    package var endpoints: [EndpointStatus]

    /// A sign of life is given every 15 seconds.
    package static let silence = Duration.seconds(180)

    /// Reads one state of the books.
    /// - Parameters:
    ///   - alarms: The open ones, the gravest first.
    ///   - flows: In the order of the settings, with the next slot of each.
    ///   - endpoints: In the order of the settings, with the mark that a probe by these settings has.
    package init(
        _ reader: LedgerReader, alarms: [AlarmView], flows: [(name: String, next: UTCInstant?)],
        endpoints: [(name: String, settings: String)] = [], at now: UTCInstant
    ) throws {
        self.endpoints = try endpoints.map { try EndpointStatus($0.name, settings: $0.settings, reader) }
        self.alarms = alarms
        let beat = try reader.reading(.heartbeat, AlarmKey.service)
        let state =
            switch beat {
            case nil: "never"
            case let beat? where beat.value == 0: "stopped"
            case let beat?: now.since(beat.at) > Self.silence ? "silent" : "serving"
            }
        service = Service(state: state, seen: beat.map { "\($0.at)" })
        undone = try reader.undoneWork(at: now).map { work in
            Undone(flow: work.flow, kind: work.kind.rawValue, count: work.count, since: "\(work.since)", oldest: work.oldest)
        }
        self.flows = try flows.map { name, next in
            var flow = try FlowStatus(flow: name, reader, alarms: alarms, now: now)
            flow.next = next.map { "\($0)" }
            return flow
        }
    }
}

/// One flow of `status`.
package struct FlowStatus: Encodable {
    package var flow: String
    package var lastRun: Int64?
    package var state: String?
    package var ended: String?
    package var next: String?
    package var openErrors: Int
    package var needsAttention: [String]

    /// - Parameters:
    ///   - alarms: What is told already is not told again.
    package init(flow: String, _ reader: LedgerReader, alarms: [AlarmView], now: UTCInstant) throws {
        let overdue = try reader.overdueConsignments(at: now, flow: flow)
        let last = try reader.recentRuns(flow: flow, limit: 1).first
        let errors = try reader.openErrorCount(flow: flow)
        let quarantined = try reader.drops(flow: flow, in: .quarantined)
        self.flow = flow
        lastRun = last?.id
        state = last?.state.rawValue
        ended = last?.ended.map { "\($0)" }
        openErrors = errors
        let told = Set(alarms.filter { $0.subject == flow }.map(\.code))
        func isTold(_ state: Run.State) -> Bool { told.contains((state == .held ? AlarmCode.planHeld : .runWaiting).rawValue) }
        var attention = try reader.openRuns(flow: flow).filter { $0.state != .scheduled && !isTold($0.state) }
            .map { "run \($0.id) is \($0.state.rawValue): \($0.verdict ?? "")" }
        if let last, last.state == .failed, !told.contains(AlarmCode.runFailed.rawValue) {
            attention.append("run \(last.id) failed: \(last.verdict ?? "")")
        }
        if errors > 0 { attention.append("\(errors) rejected records wait: tallyman errors --flow \(flow)") }
        if !overdue.isEmpty {
            attention.append("\(overdue.count) files without the ERP's answer: tallyman consignments --overdue")
        }
        if !quarantined.isEmpty {
            let names = quarantined.prefix(3).map { Escaped($0.file.name).description }.joined(separator: ", ")
            attention.append("\(quarantined.count) files set aside: \(names)")
        }
        needsAttention = attention
    }
}
