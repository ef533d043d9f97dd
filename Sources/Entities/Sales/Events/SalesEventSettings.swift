package import Domain

/// The `despatches`, `invoices`, `credits` or `cancellations` group of a flow.
package struct SalesEventSettings: Sendable {
    package let rules: SalesEventRules

    package static func options(_ kind: SalesEventKind) -> [OptionSpec] {
        let order = [
            OptionSpec(
                "order_digits", .integer(0...32),
                "Order numbers of digits alone are filled up with zeros to this length, for ERPs that drop them. 0 leaves them alone.",
                default: "0")
        ]
        let rows = [
            OptionSpec(
                "lines", .choice(SalesEventRules.LineReference.allCases.map(\.rawValue)),
                "How the file names a row of the order: by sku, by the shop's item id, or by its position in the order.", default: "sku"),
            OptionSpec(
                "whole_orders", .choice(SalesEventRules.WholeOrders.allCases.map(\.rawValue)),
                "What to do with one that names no goods: reject it, or take it for everything that is open.", default: "reject"),
            OptionSpec(
                "letters", .choice(SalesEventRules.Letters.allCases.map(\.rawValue)), "Whether the shop writes to the customer.",
                default: kind == .despatches ? "send" : "none"),
        ]
        switch kind {
        case .despatches:
            return [
                OptionSpec(
                    "warehouses", .map(.text), "Which of the shop's sources each of the ERP's warehouses is.", example: "{LDS: main, BHM: north}"),
                OptionSpec("source", .text, "The source of rows that name no warehouse. Without it the shop chooses."),
                OptionSpec(
                    "carriers", .map(.text), "The shop's carrier code of each of the ERP's carriers; others are custom.", example: "{DPD: dpd}"),
                OptionSpec(
                    "bundles", .choice(SalesEventRules.Bundles.allCases.map(\.rawValue)),
                    "How the shop ships bundles whose products it does not show; each bundle's own shipment type counts first.",
                    default: "separately"),
                OptionSpec(
                    "short_source", .choice(SalesEventRules.ShortSource.allCases.map(\.rawValue)),
                    "A source that holds less than was sent: reject the despatch, or raise the source to what was sent and post it.",
                    default: "reject"),
            ] + rows + order
        case .credits:
            return [
                OptionSpec(
                    "restock", .choice(SalesEventRules.Restock.allCases.map(\.rawValue)),
                    "Whether goods that come back are for sale again: never, always, or as the file says.", default: "as_file")
            ] + rows + order
        case .invoices: return rows + order
        case .cancellations: return order
        }
    }

    /// Throws a `Diagnostic` at the setting's place.
    package init(_ kind: SalesEventKind, _ node: SettingNode) throws {
        var rules = SalesEventRules(kind: kind)
        rules.warehouses = Self.texts(node["warehouses"])
        rules.carriers = Self.texts(node["carriers"])
        rules.source = node.text("source")
        rules.lineReference = try node.choice("lines", default: .sku)
        rules.bundles = try node.choice("bundles", default: .separately)
        rules.wholeOrders = try node.choice("whole_orders", default: .reject)
        rules.letters = try node.choice("letters", default: kind == .despatches ? .send : .none)
        rules.restock = try node.choice("restock", default: .asFile)
        rules.shortSource = try node.choice("short_source", default: .reject)
        rules.orderDigits = try node.integer("order_digits") ?? 0
        self.rules = rules
    }

    private static func texts(_ node: SettingNode?) -> [String: String] {
        let pairs = (node?.map ?? []).compactMap { pair in pair.node.scalar.map { (pair.key, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }
}
