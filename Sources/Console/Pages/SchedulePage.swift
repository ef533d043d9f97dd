import Domain
import Foundation
import StateStore

/// When each flow runs, what of the last day ran and was missed, and the buttons to run, pause and resume.
enum SchedulePage {
    static func show(_ visit: Visit) throws -> ConsoleResponse {
        let path = try visit.path()
        let flows = try visit.shop.flows(at: visit.now)
        let (slots, pauses) = try visit.read { reader in
            (
                try flows.map { try reader.recentSlots(flow: $0.name, limit: 300) },
                try flows.map { try reader.pause(of: $0.name, at: visit.now) }
            )
        }
        let cards: [HTML] = zip(flows, zip(slots, pauses)).map { flow, known in
            let (slots, pause) = known
            let last = slots.first { $0.state != .missed }
            let lastText: HTML =
                last.map { slot in
                    let length = slot.ended.flatMap { end in slot.started.map { ", \(end.since($0).wholeSeconds) s" } } ?? ""
                    return "\(visit.time(slot.due)) \(slot.state.rawValue)\(length)\(slot.note.isEmpty ? "" : ": \(slot.note)")"
                } ?? "–"
            let facts: [(String, HTML)] = [
                ("Schedule", HTML(flow.schedule ?? "none: it runs when somebody, or cron, calls it")), ("Last slot", lastText),
                ("Next", visit.time(flow.next)),
                ("Last 24 hours", HTML(SlotRibbon.words(slots, of: flow.name, at: visit.now).components(separatedBy: ": ").last ?? "")),
            ]
            let upload: HTML =
                flow.isOutbound || !visit.may(.operator)
                ? "" : "<p><a class=\"button secondary\" href=\"\(path)/flows/\(FormReader.encoded(flow.name))/upload\">Bring a file by hand</a></p>"
            return """
                <section class="card \(pause == nil ? "" : "amber")"><h2>\(flow.name)</h2>
                \(Parts.list(facts))\(slots.isEmpty ? "" : SlotRibbon.svg(slots, of: flow.name, at: visit.now))
                \(FlowActions.forms(flow, pause, visit, path))\(pauseFor(viewer: visit, pause))\(upload)</section>

                """
        }
        let body: HTML = "<h1>Schedule</h1>\n\(cards)"
        return Frame.response(visit, Page("Schedule", section: "schedule", body))
    }

    /// Whoever may not end it is told of it all the same.
    private static func pauseFor(viewer visit: Visit, _ pause: FlowPause?) -> HTML {
        guard let pause, !visit.may(.operator) else { return "" }
        return "<p>\(Parts.tag(.amber, "paused")) until \(visit.time(pause.until)) by \(pause.who): \(pause.because)</p>"
    }
}
