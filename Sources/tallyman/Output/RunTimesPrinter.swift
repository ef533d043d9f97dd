import Domain
import Reports
import StateStore

/// Draws where the time of a run went.
struct RunTimesPrinter {
    /// Characters of the longest bar.
    private static let width = 40

    let output: Output

    func print(_ times: RunTimes) {
        guard !times.isEmpty else { return }
        let text = RunTimesText(times)
        output.table(
            ["where the time went", "time", ""],
            text.lines.map { line in
                // What took any time at all shows.
                let bar = String(repeating: "#", count: line.share == 0 ? 0 : max(1, line.share * Self.width / 1000))
                return [line.what, line.time.fineWords, bar]
            })
        if let landed = text.landed { output.line("in the shop: \(landed)") }
    }
}
