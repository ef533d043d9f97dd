import Domain
import Endpoints
import TestKit

/// Draws a history from a seed.
struct Storyteller {
    private var random: SeededRandom
    private let setting: Setting
    private var nextFile = 0
    private var nextEvent = 0
    private var told: [FlowKind: [Drop]] = [:]
    private var shippedFrom: [Int: Int] = [:]
    private var placed = 0
    private var canStepClock: Bool
    private(set) var canDateAhead: Bool

    static func story(seed: UInt64) -> Story {
        var random = SeededRandom(seed: seed &* 0x2545_f491_4f6c_dd1d &+ 77)
        let themes: [[FlowKind]] = [
            [.stock], [.stock], [.delta], [.despatches], [.despatches], [.credits], [.orders], [.orders, .despatches], [.stock, .despatches],
        ]
        let flows = themes.randomElement(using: &random) ?? [.stock]
        let afters: [AfterReading] = [
            .leave, .delete, .delete, .move(folder: "archive", naming: .keep), .move(folder: "archive", naming: .stamped),
            .move(folder: "archive", naming: .stamped),
        ]
        let setting = Setting(
            seed: seed, flows: flows, after: afters.randomElement(using: &random) ?? .delete, announces: Int.random(in: 0..<4, using: &random) == 0,
            settles: Bool.random(using: &random), processesSeeEachOther: Int.random(in: 0..<3, using: &random) > 0,
            confirmsByTaking: Bool.random(using: &random), callsInFlight: 1 + Int((seed >> 2) & 3), people: people(seed, flows),
            silence: Setting.Silence(seed: seed))
        var teller = Storyteller(setting: setting, random: random)
        let story = teller.tell()
        return setting.people == .none ? story : withPeople(story, datesAhead: teller.canDateAhead)
    }

    private init(setting: Setting, random: SeededRandom) {
        (self.setting, self.random) = (setting, random)
        let weird = Int.random(in: 0..<4, using: &self.random)
        canStepClock = weird == 0
        canDateAhead = weird == 1
    }

    private mutating func chance(_ one: Int, in many: Int) -> Bool { Int.random(in: 0..<many, using: &random) < one }
    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    private mutating func seconds(_ range: ClosedRange<Int>) -> Duration { .seconds(Int64(number(range))) }

    private mutating func tell() -> Story {
        var steps: [Step] = []
        for _ in 0..<number(4...9) {
            for _ in 0..<number(0...2) { steps.append(Step(after: seconds(0...40), move: circumstance())) }
            let gap: Duration = chance(1, in: 4) ? seconds(0...20) : seconds(30...1200)
            steps.append(Step(after: gap, move: call()))
        }
        return Story(setting: setting, steps: steps, closes: canStepClock || chance(1, in: 2))
    }

    private var inbound: [FlowKind] { setting.flows.filter { $0 != .orders } }

    private mutating func circumstance() -> Move {
        switch number(0...19) {
        case 0...9: return arrival()
        case 10: return .shopMishap(mishap())
        case 11: return .shopMishap(mishap())
        case 12: return chance(1, in: 2) ? weather() : .shopMishap(mishap())
        case 13: return .folderMishap(FolderMishap.allCases.randomElement(using: &random) ?? .lostBefore)
        case 14: return chance(1, in: 3) ? .erpDown(seconds(10...900)) : .folderMishap(.answerLost)
        case 15 where canStepClock: return .clockStep(clockStep())
        case 16: return .flipSpooledByte(number(0...400))
        case 17: return staff() ?? arrival()
        case 19 where canDateAhead && chance(1, in: 3): return .discardHeld
        case 19 where chance(1, in: 3):
            guard let kind = inbound.randomElement(using: &random), chance(1, in: 2) else { return .retryErrors }
            nextFile += 1
            return .runByHand(Drop(flow: kind, name: "HAND\(nextFile).\(kind.ending)", content: content(kind), flaw: .none, manner: .atOnce))
        case 18:
            guard let kind = inbound.randomElement(using: &random), let last = told[kind]?.last, chance(1, in: 3) else { return arrival() }
            return .senderDeletes(kind, name: last.name)
        default: return arrival()
        }
    }

    private mutating func mishap() -> ShopMishap {
        switch number(0...9) {
        case 0, 1: .slow(seconds(1...110))
        case 2: .cutBefore
        case 3: .cutAfter
        case 4, 5: .gatewayTimeout(commitsAfter: seconds(0...900))
        case 6: .cutThenCommits(after: seconds(0...900))
        case 7: .internalError
        case 8: .halfBatch
        default: .deadlock
        }
    }

    private mutating func weather() -> Move {
        let kinds: [ShopWeather] = [.maintenance, .forbidden, .unauthorised, .redirect, .serverError, .badCertificate]
        return .weather(kinds.randomElement(using: &random) ?? .maintenance, seconds(5...1500))
    }

    private mutating func clockStep() -> Duration {
        let size: Int64 = [5, 3_600, 86_400, 370 * 86_400, 3_700 * 86_400].randomElement(using: &random) ?? 5
        return .seconds(chance(1, in: 2) ? size : -size)
    }

    private mutating func staff() -> Move? {
        if setting.flows.contains(.despatches), let drop = told[.despatches]?.randomElement(using: &random), case .events(let events) = drop.content,
            let event = events.randomElement(using: &random), chance(1, in: 2)
        {
            return .staffShips(event)
        }
        if setting.flows.contains(.orders) {
            if placed > 0, chance(1, in: 3) { return .cancelOrder(number(1...placed)) }
            return .erpTakesOrders
        }
        return nil
    }

    // MARK: What arrives

    private mutating func arrival() -> Move {
        if setting.flows.contains(.orders), inbound.isEmpty || chance(1, in: 2) {
            placed += 1
            return .placeOrder(placed)
        }
        guard let kind = inbound.randomElement(using: &random) else { return .erpTakesOrders }
        return .drop(drop(kind))
    }

    private mutating func drop(_ kind: FlowKind) -> Drop {
        nextFile += 1
        // An archive that keeps names has room for one file of each.
        let isSingle = !chance(1, in: 3) && setting.after != .move(folder: "archive", naming: .keep)
        let name = isSingle ? "FILE.\(kind.ending)" : "FILE\(nextFile).\(kind.ending)"
        var flaw = Flaw.none
        if chance(1, in: 8) { flaw = .cut }
        if setting.announces, chance(1, in: 5) { flaw = .short }
        if canDateAhead, kind == .stock || kind == .delta, chance(1, in: 5) { flaw = .future }
        if kind == .stock, chance(1, in: 12) { flaw = .late }
        var manner: Manner = isSingle && chance(1, in: 2) ? .whenGone : .atOnce
        if chance(1, in: 6) { manner = .renamed }
        if setting.settles || setting.announces, chance(1, in: 6) { manner = .slowly(seconds(1...20)) }
        let content: Content
        // A sender may write the very same again.
        if let last = told[kind]?.last, chance(1, in: 10) { content = last.content } else { content = self.content(kind) }
        let drop = Drop(flow: kind, name: name, content: content, flaw: flaw, manner: manner)
        told[kind, default: []].append(drop)
        return drop
    }

    private mutating func content(_ kind: FlowKind) -> Content {
        switch kind {
        case .stock: return .figures(Dictionary(uniqueKeysWithValues: WorldKit.skus.map { ($0, number(100...999)) }))
        case .delta:
            let skus = WorldKit.skus.filter { _ in chance(1, in: 2) }
            return .figures(Dictionary(uniqueKeysWithValues: (skus.isEmpty ? ["A"] : skus).map { ($0, number(100...999)) }))
        case .despatches, .credits:
            var events = (0..<number(1...3)).compactMap { _ in event() }
            // Some senders say everything again.
            if chance(1, in: 3), case .events(let before)? = told[kind]?.last?.content { events = before + events }
            return .events(events.isEmpty ? [] : events)
        case .orders: return .events([])
        }
    }

    private mutating func event() -> Event? {
        let order = number(1...SimulatedWorld.firstOrders)
        guard shippedFrom[order, default: 0] < 3 else { return nil }
        shippedFrom[order, default: 0] += 1
        nextEvent += 1
        var quantities = ["A": number(1...2)]
        if chance(1, in: 3) { quantities["B"] = 1 }
        return Event(number: "E\(String(1000 + nextEvent).dropFirst())", order: order, quantities: quantities)
    }

    // MARK: Calls and what strikes them

    private mutating func call() -> Move {
        var strikes: [Strike] = []
        for _ in 0..<number(0...2) {
            let crossing = chance(1, in: 3) ? number(1...12) : number(1...70)
            strikes.append(Strike(crossing: crossing, blow: blow()))
        }
        return .call(strikes.sorted { $0.crossing < $1.crossing })
    }

    private mutating func blow() -> Strike.Blow {
        switch number(0...11) {
        case 0...2: return .kill
        case 3: return .pause(chance(1, in: 2) ? seconds(1...60) : seconds(100...900))
        case 4: return chance(1, in: 2) ? .rival : .diskFull(number(1...3))
        case 5: return chance(1, in: 2) ? .rival : .kill
        case 6...9: return .move(arrival())
        case 10: return .move(.shopMishap(mishap()))
        default: return canStepClock ? .clockStep(clockStep()) : .move(arrival())
        }
    }
}
