import Domain
import Engine
import Foundation
import Magento
import Reports
import StateStore
import Synchronization

/// What serve is made of: the service, its chores, its page and its way of talking.
final class ServiceRuntime: Sendable {
    /// Replaced as a whole when new settings are taken over; what runs goes on with those it began with.
    private let assembly: Mutex<Assembly>
    private let ledger: Ledger
    private let log: ServiceLog
    private let manager: ServiceManager

    init(assembly: Assembly, ledger: Ledger, log: ServiceLog, manager: ServiceManager) {
        self.assembly = Mutex(assembly)
        self.ledger = ledger
        self.log = log
        self.manager = manager
    }

    private var present: Assembly { assembly.withLock { $0 } }

    func serve() async throws {
        let signals = SignalOrders(reload: .onHangUp)
        let start = present
        let page = Task { await servePage(start.settings.service.listen) }
        defer { page.cancel() }
        let service = Service(
            ledger: ledger, timeline: start.timeline, holder: start.holder,
            carryOut: { await self.carryOut($0) }, reload: { try self.reload() }, alive: { self.manager.tell(.alive) },
            periodicTasks: { self.periodicTasks(self.present) }, tell: { self.tell($0) }
        )
        let plan = start.settings.service.plan
        try await service.run(plan, orders: signals.orders) {
            let flows = plan.jobs.map(\.flow).joined(separator: ", ")
            log.write(.notice, "serving", [("flows", flows), ("workers", "\(plan.workers)")])
            manager.tell(.ready(status: "serving \(flows)"))
        }
        withExtendedLifetime(signals) {}
    }

    // MARK: Work

    private func carryOut(_ start: SlotStart) async -> SlotResult {
        if let flow = ReconcilePlan.flow(ofJob: start.flow) {
            do {
                return try await ReconcileCall(assembly: present, ledger: ledger).run(flow)
            } catch {
                return SlotResult(.failure(error))
            }
        }
        let call = FlowCall(assembly: present, ledger: ledger)
        let outcome: Result<FlowReport, any Error>
        do {
            outcome = .success(try await call.run(start.flow, cause: "schedule", patience: .seconds(60)))
        } catch {
            outcome = .failure(error)
        }
        return SlotResult(outcome)
    }

    private func periodicTasks(_ start: Assembly) -> [Service.PeriodicTask] {
        var periodicTasks = [
            Service.PeriodicTask("alarms", every: .seconds(60), .timeAndRuns) { [self] in
                do {
                    let assembly = present
                    try assembly.board.write(to: ledger)
                    try await FlowCall(assembly: assembly, ledger: ledger).lookAtAlarms(telling: LoggedNotices(log: log))
                } catch {
                    tell(.trouble(error as? Diagnostic ?? Diagnostic("ALARMS-FAILED", "\(error)", fix: "run `tallyman doctor`")))
                }
            }
        ]
        for flow in start.settings.flowNames {
            periodicTasks.append(
                Service.PeriodicTask("orders of \(flow)", every: .seconds(1)) { [self] in await carryOutOrders(of: flow) })
        }
        if start.settings.root["mail"] != nil {
            periodicTasks.append(
                Service.PeriodicTask("mail", every: .seconds(60), .timeRunsAndChores) { [self] in
                    do {
                        guard let trouble = try await present.sendMailAside(ledger)?.trouble else { return }
                        log.write(.warning, "mail waits", [("text", trouble)])
                    } catch {
                        log.write(.error, "no mail can be sent", [("text", (error as? Diagnostic)?.summary ?? "\(error)")])
                    }
                }
            )
        }
        if let plan = start.settings.backup {
            periodicTasks.append(Service.PeriodicTask("backup", every: .seconds(60)) { [self] in writeBackup(plan) })
        }
        periodicTasks.append(Service.PeriodicTask("reports", every: .seconds(60)) { [self] in writeReports() })
        for watch in start.settings.service.guestWatches {
            periodicTasks.append(
                Service.PeriodicTask("guest \(watch.flow) \(watch.entity)", every: watch.every) { [self] in await lookAsGuest(watch) })
        }
        if let patience = start.settings.service.watch.limits.consumers {
            periodicTasks.append(Service.PeriodicTask("consumers", every: .seconds(300)) { [self] in await lookAtQueue(patience) })
        }
        if let heartbeat = start.settings.service.heartbeat {
            periodicTasks.append(
                Service.PeriodicTask("heartbeat", every: heartbeat.every) { [self] in
                    guard let url = try? present.secrets.secret(heartbeat.url) else {
                        return log.write(.warning, "the heartbeat has no address", [("setting", "serve.heartbeat.url")])
                    }
                    if await !OutsideHeartbeat(url: url).beat() { log.write(.warning, "the heartbeat was not heard") }
                }
            )
        }
        return periodicTasks
    }

    /// What people ordered in the console.
    private func carryOutOrders(of flow: String) async {
        do {
            for order in try await InstructionCall(assembly: present, ledger: ledger).carryOut(flow: flow, rest: .seconds(10)) {
                let values = [("flow", flow), ("order", "\(order.id)"), ("by", order.who), ("text", order.text ?? "")]
                log.write(order.state == .done ? .notice : .warning, "order carried out", values)
            }
        } catch is CancellationError {
        } catch {
            tell(.trouble(error as? Diagnostic ?? Diagnostic("LEDGER-ERROR", "\(error)", fix: "run `tallyman doctor`")))
        }
    }

    private func writeBackup(_ plan: BackupPlan) {
        let assembly = present
        do {
            let desk = BackupDesk(plan: plan, ledger: ledger, timeline: assembly.timeline, zone: assembly.zone)
            guard let path = try desk.writeDue() else { return }
            log.write(.notice, "backup written", [("file", path)])
        } catch {
            tell(.trouble(error as? Diagnostic ?? Diagnostic("BACKUP-FAILED", "\(error)", fix: "run `tallyman backup` to see it")))
        }
    }

    /// Writes what is due; the mail chore sends it.
    private func writeReports() {
        let assembly = present
        do {
            guard let desk = try assembly.periodDesk(ledger) else { return }
            let written = try desk.tellDue(try assembly.reportTimes(), zone: assembly.zone)
            if written > 0 { log.write(.notice, "reports written", [("count", "\(written)")]) }
            if try assembly.tellWatch(desk, ledger) { log.write(.notice, "watch told") }
        } catch {
            tell(.trouble(error as? Diagnostic ?? Diagnostic("REPORT-FAILED", "\(error)", fix: "run `tallyman report` to see it")))
        }
    }

    /// Whether the shop does the work that it took for later. Where it does not tell us, nothing is said of it.
    private func lookAtQueue(_ patience: Duration) async {
        let assembly = present
        do {
            let now = assembly.timeline.now()
            let stalled = try await assembly.withShop { try await $0.bulkQueue.stalled(since: now.adding(.zero - patience)) }
            let text = stalled.map { "work that was taken at \($0.since) is not done, and nothing behind it is" } ?? ""
            try ledger.write(.signs) { try $0.record(reading: .queue, AlarmKey.shop, text: text, at: now) }
        } catch {
            log.write(.info, "the shop's queue could not be looked at", [("text", (error as? Diagnostic)?.summary ?? "\(error)")])
        }
    }

    private func lookAsGuest(_ watch: ServiceSettings.GuestWatching) async {
        let assembly = present
        do {
            let observation = try await assembly.withShop { shop in
                let flow = try await assembly.flow(watch.flow, shop, ledger)
                let entity = flow.entities.first { $0.definition.name == watch.entity }
                guard let entity else { return nil as GuestWatch.Observation? }
                return try await GuestWatch(ledger: ledger, timeline: assembly.timeline).look(flow.name, entity, sample: watch.sample)
            }
            guard let observation else { return }
            let values = [("flow", watch.flow), ("seen", "\(observation.seen)"), ("wrong", "\(observation.violations.count)")]
            log.write(observation.violations.isEmpty ? .info : .error, "looked as a guest", values)
        } catch {
            // A shop that is away has an alarm of its own.
            log.write(.warning, "could not look as a guest", [("flow", watch.flow), ("text", "\(error)")])
        }
    }

    /// New settings for what starts from now on. The shop and the state folder stay what they were.
    private func reload() throws -> ServicePlan {
        let old = present
        manager.tell(.reloading(uptime: old.timeline.uptime()))
        defer { manager.tell(.ready(status: "serving")) }
        do {
            let new = try Assembly(settingsFile: old.settings.path, timeline: old.timeline)
            try new.checkFlows()
            guard new.settings.stateFolder == old.settings.stateFolder, new.settings.shop == old.settings.shop else {
                throw Diagnostic(
                    "SETTINGS-RESTART", "shop or state folder was changed", at: new.settings.root["state"]?.location,
                    fix: "that takes a restart: systemctl restart tallyman"
                )
            }
            assembly.withLock { $0 = new }
            return new.settings.service.plan
        } catch let problems as SettingsProblems {
            throw problems.problems[0]
        }
    }

    // MARK: Talking

    private func tell(_ event: Service.Event) {
        switch event {
        case .waiting(let holder): log.write(.notice, "waiting for the last service", [("holder", "\(Escaped(holder, limit: 200))")])
        case .started(let start):
            log.write(.info, "started", [("flow", start.flow), ("due", "\(start.due)"), ("reason", start.reason.rawValue)])
        case .ended(let start, let result):
            let isBad = result.ending == .failed || result.ending == .refused
            let values = [("flow", start.flow), ("due", "\(start.due)"), ("ending", result.ending.rawValue), ("note", result.note)]
            log.write(isBad ? .warning : .notice, "ended", values)
        case .reloaded(let flows): log.write(.notice, "new settings are in use", [("flows", flows.joined(separator: ", "))])
        case .settingsKept(let diagnostic): log.write(.error, "the old settings stay in use", Self.values(diagnostic))
        case .trouble(let diagnostic): log.write(.error, "trouble", Self.values(diagnostic))
        case .stopping:
            manager.tell(.stopping)
            log.write(.notice, "stopping")
        case .stopped(let left): log.write(.notice, "stopped", [("left", "\(left)")])
        }
    }

    private static func values(_ diagnostic: Diagnostic) -> [(name: String, value: String)] {
        let place = diagnostic.location.map { "\($0.file):\($0.line.map(String.init) ?? "")" }
        return [("code", diagnostic.code), ("text", diagnostic.summary), ("fix", diagnostic.fix)] + (place.map { [("at", $0)] } ?? [])
    }

    private func servePage(_ address: (host: String, port: Int)?) async {
        guard let address else { return }
        let server = HealthServer { path in self.answer(path) }
        do {
            try await server.run(host: address.host, port: address.port) { port in
                self.log.write(.notice, "listening", [("address", "\(address.host):\(port)")])
            }
        } catch {
            // Flows matter more than a page about them.
            if !Task.isCancelled {
                log.write(.error, "the page is not served", [("address", "\(address.host):\(address.port)"), ("text", "\(error)")])
            }
        }
    }

    private func answer(_ path: String) -> HealthServer.Answer? {
        let assembly = present
        switch path {
        case "/health":
            let isWell =
                (try? ledger.read { reader in
                    let beat = try reader.reading(.heartbeat, AlarmKey.service)
                    let isAlive = beat.map { assembly.timeline.now().since($0.at) < .seconds(60) } ?? false
                    return try isAlive && !reader.alarms().contains { $0.opened != nil && $0.severity == .red }
                }) ?? false
            return HealthServer.Answer(status: isWell ? 200 : 503, body: isWell ? "ok\n" : "not ok\n")
        case "/metrics":
            guard let text = try? Metrics.read(ledger, assembly.settings.service.watch, shop: assembly.settings.shop, at: assembly.timeline.now())
            else { return HealthServer.Answer(status: 503, body: "") }
            return HealthServer.Answer(status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: text)
        case _: return nil
        }
    }
}
