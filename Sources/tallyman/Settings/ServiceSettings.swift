import Domain
import Engine
import Foundation

/// What the settings say of the unattended service: schedules, deadlines, calendars, alarms.
struct ServiceSettings: Sendable {
    static let heartbeatOptions: [OptionSpec] = [
        OptionSpec(
            "url", .secret,
            "The URL to call while `serve` is alive. It is given as a secret, because such URLs are.",
            required: .required, example: "{env: HEARTBEAT_URL}"),
        OptionSpec("every", .duration, "How often the URL is called.", default: "5m"),
    ]

    static let serveOptions: [OptionSpec] = [
        OptionSpec("workers", .integer(1...16), "Maximum number of flows that run at the same time.", default: "2"),
        OptionSpec("listen", .text, "Address for health and metrics, on this machine only. Default: not served.", example: "127.0.0.1:9464"),
        OptionSpec("heartbeat", .object(heartbeatOptions), "Heartbeat to an outside service that notices when this machine is down."),
    ]

    static let options: [OptionSpec] = [
        OptionSpec(
            "calendars", .map(.object(CalendarBook.options)),
            "Times with a name, such as trading-hours (Monday to Friday 09:00 to 17:30 without bank holidays, unless said otherwise) and off-peak (20:00 to 06:00)."
        ),
        OptionSpec(
            "maintenance", .list(.object(CalendarBook.windowOptions)), "Maintenance windows: flows do not run, and missing files raise no alarm."),
        OptionSpec("serve", .object(serveOptions), "The unattended service."),
        OptionSpec("alarms", .object(AlarmLimits.options), "Thresholds at which alarms are raised."),
        OptionSpec(
            "credentials", .map(.text), "Expiry dates of credentials and certificates, under names of your own; an alarm is raised before the day.",
            example: "{shop integration: 2027-03-31}"),
    ]

    struct Heartbeat: Sendable {
        var url: SettingNode
        var every: Duration
    }

    /// A look at the shop as a guest between the runs.
    struct GuestWatching: Sendable {
        var flow: String
        var entity: String
        var every: Duration
        var sample: Int
    }

    var guestWatches: [GuestWatching] = []
    /// By flow.
    var reconciling: [String: ReconcilePlan] = [:]
    var plan: ServicePlan
    var watch: WatchPlan
    /// Host and port.
    var listen: (host: String, port: Int)?
    var heartbeat: Heartbeat?
    /// While people shop.
    var trading: OpeningHours

    init(_ root: SettingNode, timeZone: String, holidays: HolidayFiles) throws {
        let zone = try ZoneTable(timeZone)
        let calendars = try CalendarBook(root["calendars"], zone: zone) { try holidays.list($0) }
        trading = calendars.trading
        let flows = root["flows"]?.map ?? []
        let maintenance = try calendars.maintenance(root["maintenance"], flows: flows.map(\.key))
        var jobs: [Job] = []
        var watched: [WatchPlan.WatchedFlow] = []
        var lists: Set<HolidayList> = []
        for (name, node) in flows {
            let timing = try FlowTiming(node, calendars: calendars)
            if let schedule = timing.schedule {
                let earlier = CycleOrder.predecessors(of: node, in: root)
                jobs.append(Job(flow: name, schedule: schedule, misfire: timing.misfire, after: earlier, retries: timing.retries))
            }
            if let node = node["reconcile"] {
                let plan = try ReconcilePlan(node, zone: zone)
                reconciling[name] = plan
                jobs.append(Job(flow: name + ReconcilePlan.suffix, schedule: plan.schedule, misfire: .once))
            }
            if let hours = try node["push"]?["late"]?["during"].map({ try calendars.hours($0) }), hours.holidays != .none {
                lists.insert(hours.holidays)
            }
            lists.formUnion(timing.hours.map(\.holidays).filter { $0 != .none })
            for (entity, group) in node.map ?? [] {
                guard let check = group["guest_check"], let every = try check.duration("every") else { continue }
                guestWatches.append(
                    GuestWatching(flow: name, entity: entity, every: max(every, .seconds(60)), sample: try check.integer("sample") ?? 40)
                )
            }
            watched.append(
                WatchPlan.WatchedFlow(
                    name: name, endpoint: (node["pull"] ?? node["push"])?.text("endpoint"), schedule: timing.schedule,
                    expectation: timing.expectation, age: timing.age,
                    deadline: try node["push"] == nil ? timing.expectation : OutboundWatch.limit(node["push"]?["late"], calendars: calendars),
                    carriesEvents: node["push"] != nil || EntityCatalogue.eventNames.contains { node[$0] != nil }
                )
            )
        }
        plan = ServicePlan(jobs: jobs, maintenance: maintenance, workers: try root["serve"]?.integer("workers") ?? 2)
        var late: [String: FileExpectation] = [:]
        for (name, node) in flows where node["push"] != nil {
            late[name] = try OutboundWatch.limit(node["push"]?["late"], calendars: calendars)
        }
        let outboundFlows = (root["flows"]?.map ?? []).filter { $0.node["push"] != nil }.map(\.key)
        watch = WatchPlan(
            flows: watched, limits: try AlarmLimits(root["alarms"]), maintenance: maintenance,
            holidays: lists.sorted { $0.name < $1.name }, credentials: try Self.credentials(root["credentials"]), zone: zone,
            outbound: { [outboundFlows, late] in try OutboundWatch.signs(of: outboundFlows, limits: late, $0, at: $1) }
        )
        listen = try root["serve"]?["listen"].map { try Self.address($0) }
        heartbeat = try root["serve"]?["heartbeat"].flatMap { node in
            try node["url"].map { Heartbeat(url: $0, every: try node.duration("every") ?? .seconds(300)) }
        }
    }

    private static func credentials(_ node: SettingNode?) throws -> [WatchPlan.Credential] {
        try (node?.map ?? []).map { name, day in
            guard let date = day.scalar.flatMap({ CivilDate(iso: $0) }) else {
                throw day.invalid("is not a day", fix: "write it like 2027-03-31")
            }
            return WatchPlan.Credential(name: name, expires: date)
        }
    }

    /// Only this machine's own addresses: what is served there asks nobody who he is (reliability S21).
    private static func address(_ node: SettingNode) throws -> (host: String, port: Int) {
        let text = node.scalar ?? ""
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let port = parts.last.flatMap({ Int($0) }), (0...65_535).contains(port) else {
            throw node.invalid("is not an address with a port", fix: "write it like 127.0.0.1:9464")
        }
        let host = text.dropLast((parts.last?.count ?? 0) + 1)
        guard ["127.0.0.1", "[::1]", "localhost"].contains(String(host)) else {
            throw node.invalid("is not on this machine alone", fix: "use 127.0.0.1 or [::1]; a web server can pass it on with a password")
        }
        return (host == "localhost" ? "127.0.0.1" : host.trimmingCharacters(in: ["[", "]"]), port)
    }
}
