package import Domain
import Magento

/// Looks over a whole plan of prices, before anything is sent, for the ways in which trade prices come before the public's
/// eyes (reliability section 5, layer 1). A pure function of decoded values.
///
/// A mapping mistake shows in the whole and not in one row: the same factor everywhere, the figures of another column, rows
/// that vanish together. Each rule therefore counts, and what it finds holds the whole batch.
package struct LeakCheck: Sendable {
    private let plan: PricePlanSheet
    private let shop: ShopPrices
    private let policy: LeakPolicy

    package init(_ plan: PricePlanSheet, shop: ShopPrices, policy: LeakPolicy) {
        self.plan = plan
        self.shop = shop
        self.policy = policy
    }

    package var findings: [GateFinding] {
        [
            tradeFeed, publicGroups, unpinned, everywhere, defaultGroups, column, belowGroups, drift, scattered, vanished,
        ].compactMap { $0 }.map { GateFinding(gate: "leak", text: $0) }
    }

    // MARK: Who may see it

    private var isPublicKind: Bool { plan.kind == .base || plan.kind == .special }

    /// A feed for the trade writes nothing that guests see.
    private var tradeFeed: String? {
        guard policy.audience == .trade, isPublicKind, let share = rows(where: { _ in true }) else { return nil }
        return "the feed is for the trade and would write \(share.count) public prices, such as \(text(share.example))"
    }

    private var publicGroups: String? {
        guard policy.audience == .trade, plan.kind == .tier,
            let share = rows(where: { policy.pins.ids[$0.group].map(GroupPins.isPublic) ?? false })
        else { return nil }
        return "\(share.count) prices are for a group that every guest belongs to, such as \(text(share.example))"
    }

    private var unpinned: String? {
        guard plan.kind == .tier, let share = rows(where: { policy.pins.ids[$0.group] == nil }) else { return nil }
        return "\(share.count) prices are for a group that is not pinned, such as \(text(share.example))"
    }

    /// Where websites have prices of their own, a price for all of them has to be meant.
    private var everywhere: String? {
        guard policy.scope == .website, shop.websites.count > 1, policy.everywhere == .hold, plan.kind != .cost,
            let share = rows(where: { $0.place == .everywhere })
        else { return nil }
        return
            "\(share.count) prices would hold on all \(shop.websites.count) websites, such as \(text(share.example)); map a website code to all if that is meant"
    }

    /// Whoever registers would be in a trade group.
    private var defaultGroups: String? {
        guard plan.kind == .tier, policy.defaultGroup == .hold else { return nil }
        let trade = policy.pins.ids.filter { !GroupPins.isPublic($0.value) }
        let open = shop.websites.filter { site in site.defaultGroup.map { id in trade.values.contains(id) } ?? false }
        guard let site = open.first, let group = trade.first(where: { $0.value == site.defaultGroup })?.key else { return nil }
        return
            "whoever registers at website \(Escaped(site.code)) is put into \(Escaped(group)) and sees its prices; say default_group: allow if nobody can register"
    }

    // MARK: Whose figures they are

    /// The new prices of one group (or of the public) follow another list than their own: the same ratio to it nearly
    /// everywhere, and none to the prices that they replace.
    private var column: String? {
        guard plan.kind != .cost else { return nil }
        for (group, rows) in byGroup {
            let own = PriceRatios(rows.compactMap { row in ratio(row, to: before(row)) })
            var lists: [String: PriceRatios] = [:]
            for name in Set(shop.groupPrices.values.flatMap(\.keys)).union(["cost", "public price"]) where name != group {
                lists[name] = PriceRatios(rows.compactMap { row in ratio(row, to: price(of: row, in: name)) })
            }
            // A list's first load at so much off the public price is how trade lists are made.
            let isDiscount = own.count < policy.fewest && lists["public price"]?.median.map { $0 < 1 } ?? false
            if isPublicKind || isDiscount { lists["public price"] = nil }
            let followed = lists.filter { $0.value.isConcentrated && $0.value.concentration > 2 * own.concentration }
            guard let (name, ratios) = followed.max(by: { ($0.value.concentration, $1.key) < ($1.value.concentration, $0.key) }),
                let row = rows.first
            else { continue }
            let list = name == "cost" || name == "public price" ? "the \(name)" : "the prices of \(Escaped(name))"
            return
                "\(ratios.concentration) of \(rows.count) new prices\(group.isEmpty ? "" : " of \(Escaped(group))") are \(ratios.times) \(list), such as \(text(row)): is a column mapped wrongly?"
        }
        return nil
    }

    private func before(_ row: PricePlanSheet.Row) -> ExactDecimal? {
        if plan.kind == .special { return shop.publicPrice(row.sku, row.slot.place) }
        if case .fixed(let price)? = row.before { return price }
        return nil
    }

    private func price(of row: PricePlanSheet.Row, in list: String) -> ExactDecimal? {
        switch list {
        case "cost": shop.costs[row.sku]
        case "public price": shop.publicPrice(row.sku, row.slot.place)
        default: shop.groupPrices[row.sku]?[list]
        }
    }

    private func ratio(_ row: PricePlanSheet.Row, to other: ExactDecimal?) -> ExactDecimal? {
        guard let new = row.fixed, let other else { return nil }
        return Fraction(new).divided(by: Fraction(other))?.rounded(digits: 4)
    }

    /// The middle price moves further than lists do: tax added or left out, pence for pounds, another list.
    private var drift: String? {
        for (group, rows) in byGroup where plan.kind != .special {
            let own = PriceRatios(rows.compactMap { row in ratio(row, to: before(row)) })
            guard own.count >= policy.fewest, let median = own.median, let low = ExactDecimal(coefficient: Int64(100 - policy.drift), scale: 2),
                let high = ExactDecimal(coefficient: Int64(100 + policy.drift), scale: 2), median < low || median > high,
                let row = rows.first(where: { $0.before != nil })
            else { continue }
            let from = row.before.map { " from \($0.number.money)" } ?? ""
            return
                "the middle one of \(own.count) changed prices\(group.isEmpty ? "" : " of \(Escaped(group))") is \(own.times) its former one, such as \(text(row))\(from): is it the right column, with or without tax, in the right unit?"
        }
        return nil
    }

    /// Changed rows by group, those of the public under no name.
    private var byGroup: [(group: String, rows: [PricePlanSheet.Row])] {
        Dictionary(grouping: moved, by: \.slot.group).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Public prices below what the trade pays.
    private var belowGroups: String? {
        guard isPublicKind else { return nil }
        var below = Count()
        var compared = 0
        for row in moved {
            guard let new = row.fixed, let lowest = shop.groupPrices[row.sku]?.values.min() else { continue }
            compared += 1
            if new <= lowest { below.add("\(text(row)), the trade pays \(lowest.money)") }
        }
        guard below.isShare(of: compared, above: policy.belowTrade) else { return nil }
        return "\(below.number) of \(compared) new public prices are not above any trade price, such as \(below.example)"
    }

    /// Prices that move wildly in many places: a column of something else.
    private var scattered: String? {
        var wild = Count()
        let changed = moved.filter { $0.before != nil }
        for row in changed {
            guard let old = row.before?.number, let new = row.fixed, old.isPositive else { continue }
            guard let high = old.multiplied(by: 2), let low = new.multiplied(by: 2), new > high || low < old else { continue }
            wild.add("\(text(row)) from \(old.money)")
        }
        guard wild.isShare(of: changed.count, above: policy.scatter) else { return nil }
        return "\(wild.number) of \(changed.count) changed prices are more than double or less than half, such as \(wild.example)"
    }

    /// Prices of groups that go away together; offers end by themselves, many on one day.
    private var vanished: String? {
        guard plan.kind == .tier, let first = plan.losses.first else { return nil }
        let count = Count(number: plan.losses.count, example: text(first))
        guard count.isShare(of: plan.known, above: policy.vanish) else { return nil }
        return "\(count.number) of \(plan.known) products would lose a \(plan.kind.noun), such as \(count.example)"
    }

    // MARK: Counting

    /// Rows whose price differs from the shop's.
    private var moved: [PricePlanSheet.Row] { plan.rows.filter { $0.before != $0.amount } }

    /// Rows of such slots, with the first of them.
    private func rows(where isMeant: (PriceEntry.Slot) -> Bool) -> (count: Int, example: PricePlanSheet.Row)? {
        let rows = plan.rows.filter { isMeant($0.slot) }
        return rows.first.map { (rows.count, $0) }
    }

    private func text(_ row: PricePlanSheet.Row) -> String {
        let slot = row.slot.description
        return "\(row.sku)\(slot.isEmpty ? "" : " " + slot) \(row.amount.number.money)"
    }

    private struct Count {
        var number = 0
        var example = ""

        mutating func add(_ text: String) {
            if number == 0 { example = text }
            number += 1
        }

        /// In per cent, and more than one or two by chance.
        func isShare(of whole: Int, above percent: Int) -> Bool {
            number > 0 && number * 100 > whole * percent && (number > 2 || number == whole)
        }
    }
}
