import Domain

/// Windows of one price, by number, and what holds when. A pure function of instants: nothing here knows the time.
struct Timetable: Sendable {
    /// In the order given.
    let windows: [Window]
    /// Numbers of the windows by their starts, empty ones left out.
    private let order: [Int]

    init(_ windows: [Window]) {
        self.windows = windows
        order = windows.indices.filter { !windows[$0].isEmpty }.sorted { Window.precedes(windows[$0], windows[$1]) }
    }

    /// Two windows that hold at the same time, if there are any.
    var overlap: (Int, Int)? {
        // Sorted by start, a window that overlaps any later one overlaps some neighbour of the longest so far.
        var longest: Int?
        for index in order {
            guard let last = longest else {
                longest = index
                continue
            }
            if windows[last].overlaps(windows[index]) { return (last, index) }
            longest = index
        }
        return nil
    }

    /// The window that holds at `instant`. Where windows overlap, the one that started last.
    func window(at instant: UTCInstant) -> Int? { order.last { windows[$0].contains(instant) } }

    /// The first window, by its start, that ends after `instant` or never.
    func upcoming(at instant: UTCInstant) -> Int? {
        order.first { index in windows[index].to.map { $0 > instant } ?? true }
    }

    /// Starts and ends behind `instant`, each once, ascending.
    func boundaries(after instant: UTCInstant) -> [UTCInstant] {
        Set(order.flatMap { [windows[$0].from, windows[$0].to].compactMap { $0 } }).filter { $0 > instant }.sorted()
    }

    /// Times between two windows in which none holds, ascending.
    var gaps: [Window] {
        zip(order, order.dropFirst()).compactMap { left, right in
            guard let end = windows[left].to, let start = windows[right].from, end < start else { return nil }
            return Window(from: end, to: start)
        }
    }

    /// The same windows, each that has no end ending where the next one starts.
    static func closing(_ windows: [Window]) -> [Window] {
        let starts = windows.compactMap(\.from).sorted()
        return windows.map { window in
            guard window.to == nil else { return window }
            return Window(from: window.from, to: starts.first { start in window.from.map { $0 < start } ?? true })
        }
    }
}
