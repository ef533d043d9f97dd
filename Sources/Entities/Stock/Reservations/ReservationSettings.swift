import Domain

/// The `reservations` group of a flow's stock.
enum ReservationSettings {
    private enum Word: String, CaseIterable {
        case off, acknowledged, lag
        case importedUpTo = "imported_up_to"
    }

    private static let words = Word.allCases.map(\.rawValue)
    /// Longer than an export takes, or than clocks of two machines should differ by.
    private static let margin = Duration.seconds(300)

    static let option = OptionSpec(
        "reservations",
        .either([
            .choice(words.filter { $0 != Word.lag.rawValue }),
            .object([
                OptionSpec(
                    "by", .choice(words),
                    "How it is told which of the shop's orders the figures include: the ERP's answer to the order had been seen, the file says so (profile field imported_up_to), or the order had stood in the ERP's folder for the lag.",
                    default: "lag"
                ),
                OptionSpec("lag", .duration, "Within what time the ERP takes in the orders that stand in its folder.", example: "20m"),
                OptionSpec(
                    "margin", .duration,
                    "With acknowledged: how much older the figures may be than the file's own time says. An order answered for within it counts as not included, which is the safe side.",
                    default: "5m"
                ),
                OptionSpec(
                    "stores", .list(.integer(0...1_000_000)),
                    "Only orders of these store views; for a shop with several stocks, one flow per stock."
                ),
            ]),
        ]),
        "Adds the goods that the shop still reserves for orders which the ERP's figures have left out already. Off, such an order is subtracted twice until it is shipped: too little is for sale.",
        default: "acknowledged, where a flow of orders has push.acknowledge and this is the only flow of stock; otherwise off",
        example: "{lag: 20m}"
    )

    /// Nobody has said how it is told; the answers of the ERP tell it.
    static let usual = ReservationRule(.acknowledged(margin: margin), stores: .ofSources)

    static func rule(_ node: SettingNode?, api: StockSettings.StockAPI, answersAreKnown: Bool) throws -> ReservationRule? {
        guard let node else { return answersAreKnown && api == .sourceItems ? usual : nil }
        let word = try node.map == nil ? Word(rawValue: node.scalar ?? "") : node.choice("by", default: Word.lag)
        let watermark: ReservationRule.Watermark
        switch word {
        case nil, .off: return nil
        case .acknowledged: watermark = .acknowledged(margin: try node.duration("margin") ?? margin)
        case .importedUpTo: watermark = .importedUpTo
        case .lag:
            guard let lag = try node.duration("lag") else {
                throw node.invalid("does not say how long the ERP takes", fix: "write reservations: {lag: 20m}, or another way to tell")
            }
            watermark = .lag(lag)
        }
        guard api == .sourceItems else {
            throw node.invalid(
                "does not go with api: stock-items: a shop without MSI reserves nothing", fix: "leave reservations out, or use source-items")
        }
        let stores = node.texts("stores").compactMap { Int($0) }
        return ReservationRule(watermark, stores: stores.isEmpty ? .all : .some(stores))
    }
}
