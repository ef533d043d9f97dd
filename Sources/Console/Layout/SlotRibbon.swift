import Domain
import StateStore

/// The last 24 hours of a flow as a ribbon: a mark for each slot that ran, taller ones for those that were missed. The same stands in words beside it.
enum SlotRibbon {
    private static let width = 480
    private static let height = 24

    static func svg(_ slots: [Slot], of flow: String, at now: UTCInstant) -> HTML {
        let start = now.adding(.seconds(-86_400))
        let marks: [HTML] = slots.filter { $0.due > start && $0.due <= now }.map { slot in
            let x = Int(slot.due.since(start).wholeSeconds) * width / 86_400
            let isMissed = slot.state == .missed
            return "<rect x=\"\(x)\" y=\"\(isMissed ? 1 : 8)\" width=\"3\" height=\"\(isMissed ? 22 : 8)\" class=\"\(isMissed ? "bad" : "good")\"/>"
        }
        return """
            <svg class="ribbon" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" aria-label="\(words(slots, of: flow, at: now))"><line x1="0" y1="12" x2="\(width)" y2="12" class="axis"/>\(marks)</svg>
            """
    }

    static func words(_ slots: [Slot], of flow: String, at now: UTCInstant) -> String {
        let recent = slots.filter { $0.due > now.adding(.seconds(-86_400)) }
        let ran = recent.count { $0.state != .missed }
        let missed = recent.filter { $0.state == .missed }
        let reasons = Dictionary(grouping: missed, by: \.reason).sorted { $0.key < $1.key }.map {
            "\($0.value.reduce(0) { $0 + $1.count }) \($0.key)"
        }
        return "\(flow), last 24 hours: \(ran) ran" + (reasons.isEmpty ? "" : ", missed " + reasons.joined(separator: ", "))
    }
}

/// A line over days, with its target. Its figures stand in a table below it.
enum LineChart {
    private static let width = 480
    private static let height = 96

    static func svg(_ title: String, _ values: [(day: CivilDate, figure: Int64?, text: String)]) -> HTML {
        let known = values.compactMap(\.figure)
        guard let most = known.max(), known.count > 1 else { return "" }
        let top = max(most, 1)
        let step = values.count > 1 ? (width - 12) / (values.count - 1) : 0
        var points: [String] = []
        var dots: [HTML] = []
        for (index, value) in values.enumerated() {
            guard let figure = value.figure else { continue }
            let x = 6 + index * step
            let y = 6 + Int(Int64(height - 12) * (top - figure) / top)
            points.append("\(x),\(y)")
            dots.append("<circle cx=\"\(x)\" cy=\"\(y)\" r=\"3\"><title>\("\(value.day)"): \(value.text)</title></circle>")
        }
        return """
            <svg class="chart" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img" aria-label="\(title), by day"><title>\(title)</title><line x1="0" y1="\(height - 6)" x2="\(width)" y2="\(height - 6)" class="axis"/><polyline points="\(points.joined(separator: " "))"/>\(dots)</svg>
            """
    }
}
