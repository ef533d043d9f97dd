/// Leaves out of a story whatever it does not need to break the same promise.
struct Shortener {
    let kit: WorldKit

    func shorten(_ story: Story, keeping promise: Finding.Promise) throws -> Story {
        var best = story
        var isShorter = true
        while isShorter {
            isShorter = false
            for shorter in Self.shorterStories(than: best) where try breaks(shorter, promise) {
                best = shorter
                isShorter = true
                break
            }
        }
        return best
    }

    private func breaks(_ story: Story, _ promise: Finding.Promise) throws -> Bool {
        try Player(story, kit: kit).play().contains { $0.promise == promise }
    }

    /// Each with one thing less: a step (its time passes all the same), a strike, the last good file.
    private static func shorterStories(than story: Story) -> [Story] {
        var shorter: [Story] = []
        for index in story.steps.indices {
            var one = story
            let removed = one.steps.remove(at: index)
            if index < one.steps.count { one.steps[index].after += removed.after }
            shorter.append(one)
            for strike in story.steps[index].move.strikes.indices {
                var one = story
                one.steps[index].move.strikes.remove(at: strike)
                shorter.append(one)
            }
        }
        if story.closes {
            var one = story
            one.closes = false
            shorter.append(one)
        }
        return shorter
    }
}
