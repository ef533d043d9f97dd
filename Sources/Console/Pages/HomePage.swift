import Domain
import Reports
import StateStore

/// What is wrong now, and how every flow stands.
enum HomePage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let shop = try visit.shop
        let path = try visit.path()
        let flows = try shop.flows(at: visit.now)
        let (status, running, alarms, cares, pauses) = try visit.read { reader in
            let alarms = try shop.alarms(reader, at: visit.now)
            let status = try ServiceStatus(
                reader, alarms: alarms.map { AlarmView($0) }, flows: flows.map { (name: $0.name, next: $0.next) }, at: visit.now)
            let running = try reader.openRuns().filter { [.planning, .approved, .applying].contains($0.state) }.map {
                ($0, try reader.tallies(run: $0.id))
            }
            return (status, running, alarms, try reader.alarmCare(), try flows.compactMap { try reader.pause(of: $0.name, at: visit.now) })
        }
        let needs = status.flows.flatMap { flow in flow.needsAttention.map { (flow.flow, $0, flow.openErrors) } }
        let count = status.alarms.count + needs.count
        let heading =
            count == 0 ? "Nothing needs you" : Parts.count(count, "thing needs someone", "things need someone")
        let cards: [HTML] = alarms.map { card($0, cares[$0.key], visit, path) } + [attention(needs, path)]
        let runs: [HTML] = running.map { run, tallies in
            "<li>\(run.flow): <a href=\"\(path)/runs/\(run.id)\">run \(run.id)</a> \(Parts.tag(run.state)) since \(visit.time(run.started))\(Parts.progress(tallies.map(\.tally)))</li>"
        }
        let held: [HTML] = pauses.map { "<li>\($0.flow) is paused until \(visit.time($0.until)) by \($0.who): \($0.because)</li>" }
        let body: HTML = """
            <div id="home" data-live="5">
            <h1>\(count == 0 ? Parts.tag(.green, "All is well") : "") <span data-state="1">\(heading)</span></h1>
            \(service(status.service, visit))
            \(cards)
            \(held.isEmpty ? "" : "<h2>Paused</h2><ul>\(held)</ul>")
            \(runs.isEmpty ? "" : "<h2>At work now</h2><ul>\(runs)</ul>")
            \(table(status, visit, path))
            </div>
            <p class="hidden" aria-live="polite" data-said="1">\(heading)</p>
            """
        return Frame.response(visit, Page(count == 0 ? "Nothing needs you" : heading, section: "home", body))
    }

    private static func service(_ service: ServiceStatus.Service, _ visit: Visit) -> HTML {
        let seen = visit.time(service.seen.flatMap(UTCInstant.init(iso:)))
        return switch service.state {
        case "serving": "<p>\(Parts.tag(.green, "service at work")) seen at \(seen)</p>"
        case "stopped": "<p>\(Parts.tag(.grey, "service stopped")) in order at \(seen). What you order here waits for the next run.</p>"
        case "silent":
            "<p>\(Parts.tag(.red, "service silent")) since \(seen) (<a href=\"/help/SERVICE-SILENT\">SERVICE-SILENT</a>). Nothing runs until it is started again: <code>systemctl status tallyman</code>.</p>"
        default: "<p>\(Parts.tag(.grey, "no service")) Flows run when somebody, or cron, calls <code>tallyman run</code>.</p>"
        }
    }

    static func card(_ entry: AlarmBook.Entry, _ care: AlarmCare?, _ visit: Visit, _ path: String) -> HTML {
        let alarm = AlarmView(entry)
        let colour = alarm.severity == AlarmSeverity.red.rawValue ? "red" : "amber"
        let link: HTML? = target(of: alarm, path).map { "<p><a class=\"button secondary\" href=\"\($0.path)\">\($0.caption)</a></p>" }
        return """
            <section class="card \(colour)"><h2>\(Parts.tag(colour == "red" ? .red : .amber, colour)) \(alarm.subject): \(alarm.text)</h2>
            <p>\(Parts.words(alarm.fix))</p>
            <p class="soft"><a href="/help/\(alarm.code)">\(alarm.code)</a>, since \(visit.time(UTCInstant(iso: alarm.since)))</p>
            \(link)\(CareActions.words(entry, care, visit, path))</section>

            """
    }

    /// Where an alarm is looked into.
    static func target(of alarm: AlarmView, _ path: String) -> (path: String, caption: String)? {
        let flow = FormReader.encoded(alarm.subject)
        switch AlarmCode(rawValue: alarm.code) {
        case .planHeld: return ("\(path)/plans", "Look at the held plan")
        case .runFailed, .runWaiting, .runOverdue: return ("\(path)/runs?flow=\(flow)", "Runs of \(alarm.subject)")
        default:
            return alarm.code.contains("ERROR") || alarm.code.contains("REJECT") ? ("\(path)/errors?flow=\(flow)", "Errors of \(alarm.subject)") : nil
        }
    }

    private static func attention(_ needs: [(flow: String, text: String, errors: Int)], _ path: String) -> HTML {
        HTML.joined(
            needs.map { flow, text, errors in
                let isErrors = text.contains("rejected records wait")
                let words = isErrors ? Parts.count(errors, "rejected record waits", "rejected records wait") : text
                let link: HTML =
                    isErrors
                    ? "<p><a class=\"button secondary\" href=\"\(path)/errors?flow=\(FormReader.encoded(flow))\">Look at the errors</a></p>"
                    : text.hasPrefix("run ")
                        ? "<p><a class=\"button secondary\" href=\"\(path)/runs/\(text.dropFirst(4).prefix { $0.isNumber })\">Look at the run</a></p>"
                        : ""
                return "<section class=\"card amber\"><h2>\(flow): \(Parts.words(words))</h2>\(link)</section>\n"
            })
    }

    private static func table(_ status: ServiceStatus, _ visit: Visit, _ path: String) -> HTML {
        let rows: [[HTML]] = status.flows.map { flow in
            let run: HTML = flow.lastRun.map { "<a href=\"\(path)/runs/\($0)\">run \($0)</a>" } ?? "–"
            let state: HTML = flow.state.flatMap { Run.State(rawValue: $0) }.map { Parts.tag($0) } ?? "–"
            let errors: HTML =
                flow.openErrors == 0 ? "0" : "<a href=\"\(path)/errors?flow=\(FormReader.encoded(flow.flow))\">\(Parts.number(flow.openErrors))</a>"
            return [
                HTML(flow.flow), run, state, visit.time(flow.ended.flatMap(UTCInstant.init(iso:))),
                visit.time(flow.next.flatMap(UTCInstant.init(iso:))),
                errors,
            ]
        }
        return Parts.table("Flows", ["Flow", "Last run", "State", "Ended", "Next", "Errors"], rows)
    }
}

extension UTCInstant {
    /// As views have it: `2026-03-31T05:34:00Z`, with or without milliseconds.
    init?(iso text: String) {
        let text = text.hasSuffix("Z") ? String(text.dropLast()) : text
        let halves = text.split(separator: "T")
        guard halves.count == 2, let date = CivilDate(iso: String(halves[0])) else { return nil }
        let clock = halves[1].split(separator: ":")
        guard clock.count == 3, let hour = Int64(clock[0]), let minute = Int64(clock[1]) else { return nil }
        let seconds = clock[2].split(separator: ".")
        guard let second = seconds.first.flatMap({ Int64($0) }) else { return nil }
        let fraction = seconds.count > 1 ? Int64(seconds[1]) ?? 0 : 0
        self.init(milliseconds: Int64(date.daysSinceEpoch) * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction)
    }
}
