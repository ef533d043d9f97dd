package import Domain

/// The `stock` group of a flow.
package struct StockSettings: Sendable {
    package static let bufferOptions: [OptionSpec] = [
        OptionSpec("units", .decimal, "Units kept back of every product.", default: "0"),
        OptionSpec("percent", .percent, "Share of the free quantity kept back.", default: "0"),
        OptionSpec("minimum", .decimal, "Never keep back less than this."),
        OptionSpec("maximum", .decimal, "Never keep back more than this."),
        OptionSpec(
            "overrides", .text,
            "A CSV file with buffers of single products or classes: sku,class,units,percent,minimum,maximum,decimals.",
            example: "buffers.csv"
        ),
    ]

    package static let options: [OptionSpec] = [
        OptionSpec(
            "warehouses",
            .either([
                .object([
                    OptionSpec(
                        "aggregate",
                        .object([
                            OptionSpec("source", .text, "The Magento source that gets the sum.", default: "default"),
                            OptionSpec("include", .list(.text), "Add up these warehouses only."),
                            OptionSpec("exclude", .list(.text), "Leave these warehouses out: trade counter, collect, reserved stock."),
                        ]),
                        "Add all warehouses up into one source.",
                        required: .required
                    )
                ]),
                .map(.text),
            ]),
            "Which Magento source each ERP warehouse feeds, or how they are added up.",
            required: .required,
            example: "{LDS: main, BHM: north}"
        ),
        OptionSpec("ignore", .list(.text), "Warehouse codes that are known and not sold online; their rows change nothing."),
        OptionSpec(
            "buffer", .object(bufferOptions),
            "Safety buffer: what is kept back from sale for orders the ERP has not seen yet. Kept back = units + percent of the free quantity, at least minimum, at most maximum; the shop gets the free quantity less that, rounded down, and never less than 0."
        ),
        OptionSpec(
            "missing", .choice(StockDefinition.MissingPolicy.allCases.map(\.rawValue)),
            "A product that a full file leaves out: leave it, zero it (only if the file is proven complete), or hold the plan.",
            default: "unchanged"
        ),
        OptionSpec(
            "api", .choice(StockAPI.allCases.map(\.rawValue)),
            "Which of Magento's interfaces takes the quantities: source-items (MSI), or stock-items for a shop without MSI.",
            default: "source-items"
        ),
        OptionSpec(
            "availability",
            .object([
                OptionSpec("available", .list(.text), "Further words that mean: for sale.", example: "[FREIGEGEBEN]"),
                OptionSpec("unavailable", .list(.text), "Further words that mean: not for sale, whatever the quantity.", example: "[GESPERRT]"),
            ]),
            "What the ERP's words for availability mean, besides the usual ones such as Available, OutOfStock and Discontinued."
        ),
        ReservationSettings.option,
        OptionSpec("decimals", .integer(0...4), "Decimals of a quantity in the shop; more only for goods sold by length or weight.", default: "0"),
    ]

    package var warehouses: WarehouseMap
    package var standardRule: BufferPolicy.Rule
    package var overridesFile: String?
    package var missing: StockDefinition.MissingPolicy
    package var statuses: StockStatuses
    package var api: StockAPI
    /// `nil`: the ERP's figure goes out as it is.
    package var reservations: ReservationRule?

    package enum StockAPI: String, Sendable, CaseIterable {
        case sourceItems = "source-items"
        case stockItems = "stock-items"
    }

    /// - Parameter answersAreKnown: whether a flow of orders tells which of them the ERP has taken in, and no other flow writes stock.
    package init(_ node: SettingNode, answersAreKnown: Bool = false) throws {
        let ignored = Set(node.texts("ignore"))
        guard let warehouses = node["warehouses"] else {
            throw Diagnostic(
                "SETTINGS-MISSING", "stock.warehouses is missing", at: node.location,
                fix: "add warehouses: {CODE: source} or warehouses: {aggregate: {source: default}}"
            )
        }
        if let aggregate = warehouses["aggregate"], aggregate.map != nil {
            let included = aggregate.texts("include")
            self.warehouses = .aggregate(
                source: aggregate.text("source") ?? "default", included: included.isEmpty ? nil : Set(included),
                excluded: Set(aggregate.texts("exclude")).union(ignored)
            )
        } else {
            let pairs = (warehouses.map ?? []).compactMap { pair in pair.node.scalar.map { (pair.key, $0) } }
            // A source may have any other name; this one is always a slip.
            if let slip = warehouses.map?.first(where: { $0.node.scalar == "ignore" }) {
                throw slip.node.invalid(
                    "is no source: warehouse \(Escaped(slip.key, limit: 40)) is to be left out",
                    fix: "take it out of warehouses and write beside it: ignore: [\"\(Escaped(slip.key, limit: 40))\"]")
            }
            self.warehouses = .sources(Dictionary(pairs, uniquingKeysWith: { _, last in last }), ignored: ignored)
        }
        let buffer = node["buffer"]
        standardRule = BufferPolicy.Rule(
            buffer: SafetyBuffer(
                units: try buffer?.decimal("units") ?? .zero,
                percent: try buffer?.percent("percent", default: .zero) ?? .zero,
                minimum: try buffer?.decimal("minimum"), maximum: try buffer?.decimal("maximum")
            ),
            decimals: try node.integer("decimals") ?? 0
        )
        overridesFile = buffer?.text("overrides")
        missing = try node.choice("missing", default: .unchanged)
        statuses = StockStatuses(
            available: node["availability"]?.texts("available") ?? [], unavailable: node["availability"]?.texts("unavailable") ?? [])
        api = try node.choice("api", default: .sourceItems)
        reservations = try ReservationSettings.rule(node["reservations"], api: api, answersAreKnown: answersAreKnown)
    }
}
