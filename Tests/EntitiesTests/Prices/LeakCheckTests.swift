import Domain
import Magento
import TestKit
import Testing

@testable import Entities

/// Mapping mistakes never pass the plan, and clean files always do (reliability section 5).
struct LeakCheckTests {
    typealias Mapping = LeakWorld.Mapping

    struct Mistake: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: PriceKind
        var change: @Sendable (inout Mapping, inout LeakWorld) -> Void
        var testDescription: String { name }

        init(_ name: String, _ kind: PriceKind, _ change: @escaping @Sendable (inout Mapping, inout LeakWorld) -> Void) {
            self.name = name
            self.kind = kind
            self.change = change
        }
    }

    private static func number(_ text: String) -> ExactDecimal { ExactDecimal(plain: text) ?? 1 }

    static let columns: [Mistake] = [
        Mistake("trade A's column as the base price", .base) { mapping, _ in mapping.price = .tradeA },
        Mistake("trade B's column as the base price", .base) { mapping, _ in mapping.price = .tradeB },
        Mistake("the cost as the base price", .base) { mapping, _ in mapping.price = .cost },
        Mistake("the quantity as the base price", .base) { mapping, _ in mapping.price = .quantity },
        Mistake("the weight as the base price", .base) { mapping, _ in mapping.price = .weight },
        Mistake("trade A's column as the offer", .special) { mapping, _ in mapping.offer = .tradeA },
        Mistake("trade B's column as the offer", .special) { mapping, _ in mapping.offer = .tradeB },
        Mistake("the cost as the offer", .special) { mapping, _ in mapping.offer = .cost },
        Mistake("A and B swapped", .tier) { mapping, _ in mapping.groups = ["Trade A": .tradeB, "Trade B": .tradeA] },
        Mistake("A gets B's prices", .tier) { mapping, _ in mapping.groups = ["Trade A": .tradeB, "Trade B": .tradeB] },
        Mistake("B gets A's prices", .tier) { mapping, _ in mapping.groups = ["Trade A": .tradeA, "Trade B": .tradeA] },
        Mistake("the cost as trade A's price", .tier) { mapping, _ in mapping.groups["Trade A"] = .cost },
        Mistake("the cost as every trade price", .tier) { mapping, _ in mapping.groups = ["Trade A": .cost, "Trade B": .cost] },
        Mistake("the public price as trade A's", .tier) { mapping, _ in mapping.groups["Trade A"] = .publicPrice },
        Mistake("the public price as every trade price", .tier) { mapping, _ in mapping.groups = ["Trade A": .publicPrice, "Trade B": .publicPrice] },
        Mistake("the quantity as trade A's price", .tier) { mapping, _ in mapping.groups["Trade A"] = .quantity },
        Mistake("the weight as trade B's price", .tier) { mapping, _ in mapping.groups["Trade B"] = .weight },
        Mistake("a discount as a price", .tier) { mapping, _ in mapping.isDiscountAsPrice = true },
        Mistake("a discount as a base price", .base) { mapping, _ in mapping.isDiscountAsPrice = true },
    ]

    static let groups: [Mistake] = [
        Mistake("ALL GROUPS for trade A", .tier) { mapping, _ in mapping.groups = ["ALL GROUPS": .tradeA] },
        Mistake("all groups in small letters", .tier) { mapping, _ in mapping.groups = ["all groups": .tradeB] },
        Mistake("group 0", .tier) { mapping, _ in mapping.groups = ["NOT LOGGED IN": .tradeA] },
        Mistake("group 0 in small letters", .tier) { mapping, _ in mapping.groups = ["not logged in": .tradeB] },
        Mistake("a group that is not there", .tier) { mapping, _ in mapping.groups = ["Trade Z": .tradeA] },
        Mistake("a renamed group", .tier) { _, world in world.groups[2] = .init(id: 4, code: "Trade Gold") },
        Mistake("a renumbered group", .tier) { _, world in world.groups[2] = .init(id: 9, code: "Trade A") },
        Mistake("names of A and B swapped in the shop", .tier) { _, world in
            world.groups[2] = .init(id: 4, code: "Trade B")
            world.groups[3] = .init(id: 5, code: "Trade A")
        },
        Mistake("guests' group called Trade A", .tier) { _, world in world.groups = [.init(id: 0, code: "Trade A"), .init(id: 5, code: "Trade B")] },
        Mistake("the general group called Trade A", .tier) { _, world in
            world.groups = [.init(id: 1, code: "Trade A"), .init(id: 5, code: "Trade B")]
        },
        Mistake("a vanished group", .tier) { _, world in world.groups.removeLast() },
        Mistake("trade A as the default group", .tier) { _, world in world.websites[0].defaultGroup = 4 },
        Mistake("trade B as the default group of a second website", .tier) { _, world in
            world.websites.append(.init(id: 2, code: "b", defaultGroup: 5))
        },
        Mistake("website 0 for one website's trade prices", .tier) { _, world in
            world.scope = .website
            world.websites.append(.init(id: 2, code: "trade", defaultGroup: 1))
        },
        Mistake("website 0 for one website's base prices", .base) { _, world in
            world.scope = .website
            world.websites.append(.init(id: 2, code: "trade", defaultGroup: 1))
        },
        Mistake("website 0 for one website's offers", .special) { _, world in
            world.scope = .website
            world.websites.append(.init(id: 2, code: "trade", defaultGroup: 1))
        },
        Mistake("every second product without B's price", .tier) { mapping, _ in mapping.missingTiers = 2 },
        Mistake("every third product without B's price", .tier) { mapping, _ in mapping.missingTiers = 2 },
        Mistake("all products without B's price", .tier) { mapping, _ in mapping.groups["Trade B"] = nil },
    ]

    static let figures: [Mistake] = [PriceKind.base, .tier].flatMap { kind in
        [
            Mistake("\(kind): tax added to prices that have it", kind) { mapping, _ in mapping.shopBasis = .gross },
            Mistake("\(kind): tax taken off prices without it", kind) { mapping, _ in mapping.fileBasis = .gross },
            Mistake("\(kind): pence for pounds", kind) { mapping, _ in mapping.factor = 100 },
            Mistake("\(kind): pounds for pence", kind) { mapping, _ in mapping.factor = number("0.01") },
            Mistake("\(kind): a point moved right", kind) { mapping, _ in mapping.factor = 10 },
            Mistake("\(kind): a point moved left", kind) { mapping, _ in mapping.factor = number("0.1") },
            Mistake("\(kind): a price per hundred", kind) { mapping, _ in mapping.per = 100 },
            Mistake("\(kind): tax twice", kind) { mapping, _ in
                mapping.shopBasis = .gross
                mapping.factor = number("1.2")
            },
            Mistake("\(kind): everything free", kind) { mapping, _ in mapping.factor = 0 },
            Mistake("\(kind): thousandths", kind) { mapping, _ in mapping.factor = number("0.001") },
            Mistake("\(kind): in a weaker currency", kind) { mapping, _ in mapping.factor = number("2.27") },
        ]
    }

    @Test(arguments: columns + groups + figures, 0..<3 as Range<UInt64>)
    func `V1 a mapping mistake is stopped before anything is sent`(_ mistake: Mistake, _ seed: UInt64) {
        var world = LeakWorld(seed: seed)
        var mapping = Mapping()
        mistake.change(&mapping, &world)

        let verdict = world.verdict(mistake.kind, mapping)

        #expect(verdict.isStopped, "\(mistake.name), seed \(seed)")
    }

    @Test func `at least fifty mistakes are tried`() { #expect(Self.columns.count + Self.groups.count + Self.figures.count >= 50) }

    /// The gates of single prices are left out: here the whole has to show what is wrong.
    @Test(arguments: columns + figures, 0..<3 as Range<UInt64>)
    func `V1 a mistake of the whole is seen in the whole, in words`(_ mistake: Mistake, _ seed: UInt64) {
        var world = LeakWorld(seed: seed)
        var mapping = Mapping()
        mistake.change(&mapping, &world)

        #expect(!world.verdict(mistake.kind, mapping).leaks.isEmpty, "\(mistake.name), seed \(seed)")
    }

    @Test(arguments: 0..<250 as Range<UInt64>)
    func `V1 clean files are never held`(_ seed: UInt64) {
        let world = LeakWorld(seed: 1000 + seed, products: 60, churn: 100)
        for kind in [PriceKind.base, .special, .tier, .cost] {
            var mapping = Mapping()
            if kind == .cost { mapping.price = .cost }
            let verdict = world.verdict(kind, mapping)

            #expect(!verdict.isStopped, "\(kind), seed \(seed): \(verdict.leaks) \(verdict.gates) \(verdict.refusals)")
        }
    }

    @Test func `V1 a single price for everybody in a large plan is found`() {
        var sheet = PricePlanSheet(kind: .tier, known: 2000)
        for number in 0..<2000 {
            let before = PriceValue([PriceEntry(.init(group: "Trade A"), .fixed(10))])
            let group = number == 777 ? "Everybody" : "Trade A"
            let after = PriceValue([PriceEntry(.init(group: group), .fixed(12)), PriceEntry(.init(group: "Trade A"), .fixed(12))])
            sheet.add(Change(id: 0, key: RecordKey("P-\(number)"), before: before.encoded, after: after.encoded, version: UTCInstant(seconds: 0)))
        }
        let policy = LeakPolicy(audience: .trade, pins: GroupPins(["Trade A": 4, "Everybody": 0]))

        let findings = LeakCheck(sheet, shop: ShopPrices(), policy: policy).findings.map(\.text)

        #expect(findings.count == 2 && findings[0] == "1 prices are for a group that every guest belongs to, such as P-777 Everybody 12.00")
        #expect(findings[1].contains("is 1.2 times its former one, such as P-0 Trade A 12.00 from 10.00"))
    }

    @Test(arguments: [(30, 100, false), (30, 10, true), (2, 3, false), (0, 10, false)])
    func `prices that some products lose are usual, those of many are not`(_ losses: Int, _ share: Int, _ isHeld: Bool) {
        var sheet = PricePlanSheet(kind: .tier, known: share == 100 ? 1000 : 100)
        for number in 0..<losses {
            let before = PriceValue([1, 10, 100].map { PriceEntry(.init(group: "Trade A", quantity: $0), .fixed(10)) })
            sheet.add(
                Change(id: 0, key: RecordKey("P-\(number)"), before: before.encoded, after: PriceValue().encoded, version: UTCInstant(seconds: 0)))
        }

        let findings = LeakCheck(sheet, shop: ShopPrices(), policy: LeakPolicy(audience: .trade)).findings

        #expect(findings.isEmpty != isHeld)
    }

    @Test func `a feed for the trade writes no public price at all`() {
        var sheet = PricePlanSheet(kind: .base, known: 1)
        let after = PriceValue([PriceEntry(.init(), .fixed(9))])
        sheet.add(Change(id: 0, key: RecordKey("P"), before: after.encoded, after: PriceValue("8.90").encoded, version: UTCInstant(seconds: 0)))

        let trade = LeakCheck(sheet, shop: ShopPrices(), policy: LeakPolicy(audience: .trade)).findings
        let open = LeakCheck(sheet, shop: ShopPrices(), policy: LeakPolicy(audience: .public)).findings

        #expect(trade.map(\.text) == ["the feed is for the trade and would write 1 public prices, such as P 8.90"] && open.isEmpty)
    }
}
