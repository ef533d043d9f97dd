import Domain
import Engine
import Entities
import StateStore

/// The books in Prometheus' text form. Labels are names from the settings and words of ours, never a product or a file; every
/// value is escaped.
struct Metrics {
    private var lines: [String] = []

    enum Kind: String { case gauge, counter }

    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func family(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Int64)]
    ) {
        guard !samples.isEmpty else { return }
        lines.append("# HELP tallyman_\(name) \(help)")
        lines.append("# TYPE tallyman_\(name) \(kind.rawValue)")
        for sample in samples {
            let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
            lines.append("tallyman_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)")
        }
    }

    static func escaped(_ text: String) -> String {
        Escaped(text, limit: 100).description.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    /// Where the time of each flow's last run with values for the shop went, and how soon these were there.
    private mutating func addTimes(_ flows: [(flow: String, times: RunTimes?)]) {
        func samples(_ of: (RunTimes) -> [(String, Duration?)], _ label: String) -> [([(String, String)], Int64)] {
            flows.flatMap { flow, times in
                (times.map(of) ?? []).compactMap { name, time in time.map { ([("flow", flow), (label, name)], $0.wholeMilliseconds) } }
            }
        }
        family(
            "run_time_milliseconds", .gauge, "What the time of the flow's last run that changed the shop went into.",
            samples({ times in [("waiting", times.waited)] + RunPhase.allCases.map { ($0.rawValue, times.phases[$0]) } }, "phase"))
        family(
            "landed_to_shop_milliseconds", .gauge, "From the landing of that run's file to the shop: half of its rows, 95 of 100, all.",
            samples(
                { times in [("0.5", times.landed?.half), ("0.95", times.landed?.most), ("1", times.landed?.last)] }, "quantile"))
    }

    /// Everything of one moment, from one consistent view of the books.
    static func read(_ ledger: Ledger, _ watch: WatchPlan, shop: String, at now: UTCInstant) throws -> String {
        let names = watch.flows.map(\.name)
        let (signs, successes, marks, tallies, alarms, slots, beat, denied, mended) = try ledger.read { reader in
            (
                try names.map { try reader.signs(of: $0, at: now) },
                try names.map { ($0, try reader.reading(.success, $0)?.at) },
                try names.map { ($0, try reader.watermarks(flow: $0)) },
                try reader.tallyTotals(), try reader.alarms(), try reader.slotTotals(),
                try reader.reading(.heartbeat, AlarmKey.service), try reader.readings(.sale), try reader.readings(.mended)
            )
        }
        func byFlow(_ value: (FlowSigns) -> Int) -> [([(String, String)], Int64)] {
            signs.map { ([("flow", $0.flow)], Int64(value($0))) }
        }
        var metrics = Metrics()
        metrics.family("info", .gauge, "The shop that is served.", [([("shop", shop)], 1)])
        metrics.family("heartbeat_timestamp_seconds", .gauge, "The service's last sign of life.", beat.map { [([], $0.at.seconds)] } ?? [])
        metrics.family(
            "flow_success_timestamp_seconds", .gauge, "When a run of the flow last came to its end.",
            successes.compactMap { flow, at in at.map { ([("flow", flow)], $0.seconds) } }
        )
        metrics.family(
            "flow_file_timestamp_seconds", .gauge, "When the flow's last file came.",
            signs.compactMap { signs in signs.lastFile.map { ([("flow", signs.flow)], $0.seconds) } }
        )
        metrics.family(
            "data_timestamp_seconds", .gauge, "The event time of what was applied last.",
            marks.flatMap { flow, marks in
                marks.map { ([("flow", flow), ("entity", $0.entity), ("feed", $0.feed)], $0.version.seconds) }
            }
        )
        metrics.family("flow_held_runs", .gauge, "Plans that wait for a decision.", byFlow(\.held.count))
        metrics.family("flow_waiting_runs", .gauge, "Runs that are not at their end.", byFlow(\.waiting.count))
        metrics.family("flow_open_errors", .gauge, "Rejected records that wait for someone.", byFlow(\.openErrors))
        metrics.family("flow_backlog", .gauge, "All that waits in the flow.", byFlow(\.backlog))
        metrics.family(
            "flow_not_on_sale", .gauge, "Products in stock that nobody can buy, at the latest look.",
            denied.map { ([("flow", $0.subject)], $0.value) })
        metrics.family(
            "flow_put_on_sale", .gauge, "Products that the latest look put back on sale.", mended.map { ([("flow", $0.subject)], $0.value) })
        metrics.family(
            "records_total", .counter, "Records by what became of them.",
            tallies.map { ([("flow", $0.flow), ("entity", $0.entity), ("outcome", $0.outcome.rawValue)], Int64($0.count)) }
        )
        let latencies = try ledger.read { reader in
            try reader.latencies(
                figures: StockEntity.name, events: SalesEventKind.despatches.rawValue, from: now.adding(.seconds(-86_400)), to: now)
        }
        let ways = [("orders", latencies.orders), ("stock", latencies.files), ("despatches", latencies.events)]
        metrics.family(
            "latency_p95_milliseconds", .gauge, "What 95 of 100 kept to in the last 24 hours, from shop to ERP or from file to shop.",
            ways.compactMap { way, found in Latencies.percentile(95, of: found).map { ([("way", way)], $0.wholeMilliseconds) } }
        )
        metrics.addTimes(try ledger.read { reader in try names.map { ($0, try reader.lastTimes(flow: $0)) } })
        metrics.family(
            "slots", .gauge, "Slots of the last 40 days.",
            slots.map { ([("flow", $0.flow), ("state", $0.state.rawValue), ("reason", $0.reason)], Int64($0.count)) }
        )
        metrics.family(
            "alarm", .gauge, "Open alarms: 1 amber, 2 red.",
            alarms.filter { $0.opened != nil }.map {
                ([("code", $0.key.code.rawValue), ("subject", $0.key.subject)], $0.severity == .red ? 2 : 1)
            }
        )
        return metrics.text
    }
}

extension UTCInstant {
    fileprivate var seconds: Int64 { milliseconds.flooringQuotient(1000) }
}
