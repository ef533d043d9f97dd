import Domain
import TestKit

/// People at the console and at the backups. They have a chance of their own, so that the rest of a seed's history is what it was without them.
extension Storyteller {
    static func people(_ seed: UInt64, _ flows: [FlowKind]) -> Setting.People {
        switch seed % 8 {
        case 1, 5: .operators
        // The ledger alone knows which orders the ERP has taken away.
        case 3: flows.contains(.orders) ? .none : .keeper
        default: .none
        }
    }

    static func withPeople(_ story: Story, datesAhead: Bool) -> Story {
        var teller = PeopleTeller(story: story, datesAhead: datesAhead)
        switch story.setting.people {
        case .none: break
        case .operators: teller.addOperators()
        case .keeper: teller.addKeeper()
        }
        return teller.story
    }
}

private struct PeopleTeller {
    var story: Story
    let datesAhead: Bool
    private var random: SeededRandom
    private var files = 0

    init(story: Story, datesAhead: Bool) {
        (self.story, self.datesAhead) = (story, datesAhead)
        random = SeededRandom(seed: story.setting.seed &* 0x9e37_79b9_7f4a_7c15 &+ 5)
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func chance(_ one: Int, in many: Int) -> Bool { number(1...many) <= one }

    /// Something to decide, a run that sees it, a click, and whoever carries it out.
    mutating func addOperators() {
        for _ in 0..<number(1...3) {
            var group: [Move] = []
            if let kind = story.setting.flows.first(where: { $0 == .stock || $0 == .delta }) {
                for _ in 0..<number(1...2) { group.append(.drop(drop(kind))) }
                group.append(.call([]))
            }
            for _ in 0..<number(1...3) {
                let click = click()
                group.append(.click(chance(1, in: 4) ? .twice(click) : click, strikes(upTo: 8)))
                if chance(1, in: 2) { group.append(chance(1, in: 2) ? .act(strikes(upTo: 40)) : .call(strikes(upTo: 40))) }
            }
            insert(group)
        }
    }

    mutating func addKeeper() {
        let place = number(0...story.steps.count)
        story.steps.insert(Step(after: .seconds(Int64(number(0...60))), move: .backUp), at: place)
        let later = number(place + 1...story.steps.count)
        story.steps.insert(Step(after: .seconds(Int64(number(60...900))), move: .restore), at: later)
    }

    /// Among the other steps, in order, each some time after the one before.
    private mutating func insert(_ group: [Move]) {
        var place = number(0...story.steps.count)
        for move in group {
            let gap = chance(1, in: 2) ? number(0...10) : number(30...400)
            story.steps.insert(Step(after: .seconds(Int64(gap)), move: move), at: place)
            place = min(story.steps.count, place + 1 + (chance(1, in: 3) ? 1 : 0))
        }
    }

    private mutating func drop(_ kind: FlowKind) -> Drop {
        files += 1
        let isDrastic = chance(1, in: 2)
        let kept = WorldKit.skus[number(0...WorldKit.skus.count - 1)]
        let figures = WorldKit.skus.map { ($0, isDrastic && $0 != kept ? 0 : number(100...999)) }
        return Drop(
            flow: kind, name: "DESK\(files).\(kind.ending)", content: .figures(Dictionary(uniqueKeysWithValues: figures)),
            flaw: isDrastic ? .drastic : .unreadable, manner: .atOnce)
    }

    private mutating func click() -> Click {
        switch number(0...5) {
        case 0, 1: datesAhead ? .discard : .approve
        case 2: .discard
        case 3: .retry
        default: .correct(number(100...999))
        }
    }

    private mutating func strikes(upTo crossing: Int) -> [Strike] {
        guard chance(1, in: 3) else { return [] }
        let blow: Strike.Blow =
            switch number(0...5) {
            case 0...2: .kill
            case 3: .pause(.seconds(Int64(number(1...300))))
            case 4: .rival
            default: .diskFull(number(1...3))
            }
        return [Strike(crossing: number(1...crossing), blow: blow)]
    }
}
