package import Domain

/// What the settings say about orders: when they are due, what they mean to the ERP.
package struct OrderSettings: Sendable {
    package static let selectOptions: [OptionSpec] = [
        OptionSpec(
            "states", .map(.text),
            "When an order is due, by payment method (* for every other): new, processing or complete, or with a status: processing/fraud_cleared.",
            default: "{\"*\": processing}", example: "{checkmo: new, \"*\": processing}"
        ),
        OptionSpec(
            "since", .text, "Orders placed before this day never leave. Without it the first run takes every open order.",
            example: "\"2026-11-21\""
        ),
        OptionSpec("stores", .list(.integer(0...65_535)), "Only orders of these store views, by their numbers.", example: "[1, 2]"),
        OptionSpec("channels", .list(.choice(OrderChannel.allCases.map(\.rawValue))), "Only orders of these channels."),
        OptionSpec("overlap", .duration, "How far each look goes back behind the last, because orders become visible late.", default: "10m"),
        OptionSpec("deep", .duration, "How far the daily look goes back.", default: "14d"),
    ]

    private static func codes(_ name: String, _ help: String, _ example: String) -> OptionSpec {
        OptionSpec(name, .either([.text, .map(.text)]), help + " A table here, or the name of a CSV file with two columns.", example: example)
    }

    package static let options: [OptionSpec] = [
        OptionSpec(
            "prices", .choice(OrderArithmetic.Basis.allCases.map(\.rawValue)),
            "Whether the shop's catalogue prices are kept without or with tax; the sums are proved by it.", default: "exclusive"
        ),
        OptionSpec(
            "currency", .choice(OrderReader.Currency.allCases.map(\.rawValue)),
            "Whether files carry the amounts the customer saw, or those in the shop's base currency.", default: "order"
        ),
        codes("accounts", "The ERP's account by customer number, e-mail, `company 4`, `group 7`, guest, or *.", "{guest: WEB, \"*\": WEB}"),
        OptionSpec(
            "account_attribute", .text,
            "The customer attribute of the shop that holds the ERP's account code; it goes before accounts. A customer with neither waits.",
            example: "erp_account"),
        codes("shipping", "The ERP's carrier or service by shipping method.", "{flatrate_flatrate: DPD-ND}"),
        codes("payment", "The ERP's payment terms by payment method.", "{checkmo: BACS, companycredit: 30DAYS}"),
        codes("tax", "The ERP's tax code by tax rule (GB-20) or rate in per cent (20).", "{\"20\": T1, \"0\": T0}"),
        codes("countries", "The ERP's country by ISO code.", "{GB: UK}"),
        OptionSpec(
            "channels", .map(.choice(OrderChannel.allCases.map(\.rawValue))),
            "The channel by payment method, besides those known: m2epropayment is a marketplace, companycredit and purchaseorder are accounts.",
            example: "{net30: account}"
        ),
        OptionSpec(
            "enter_erp_number", .boolean,
            "Write the ERP's order number, where its answer has one, into the shop's `ext_order_id`. A number that stands there stays.",
            default: "false"
        ),
        OptionSpec(
            "reference",
            .object([
                OptionSpec("prefix", .text, "The text it begins with.", default: "W"),
                OptionSpec("length", .integer(4...40), "Its length.", default: "8"),
            ]),
            "A short number of fixed length for ERPs that cannot hold the shop's; the file's reference.", example: "{prefix: W, length: 8}"
        ),
    ]

    package var moments: [String: OrderTrigger.Moment]
    package var since: UTCInstant?
    package var stores: [Int]
    package var channels: Set<OrderChannel>
    package var overlap: Duration
    package var deep: Duration
    package var basis: OrderArithmetic.Basis
    package var currency: OrderReader.Currency
    package var channelByPayment: [String: OrderChannel]
    package var codes: OrderCodes
    /// The shop's attribute of account codes.
    package var accountAttribute: String?
    /// Whether the ERP's order number goes into the shop.
    package var entersNumbers: Bool

    /// - Parameter read: the text of a table's file by the name that the settings give.
    package init(select: SettingNode?, orders: SettingNode?, read: (SettingNode, String) throws -> String) throws {
        moments = try Self.moments(select?["states"])
        since = try select?["since"].map { try Self.day($0) }
        stores = select?.texts("stores").compactMap { Int($0) } ?? []
        channels = Set(select?.texts("channels").compactMap { OrderChannel(rawValue: $0) } ?? [])
        overlap = try select?.duration("overlap") ?? .seconds(600)
        deep = try select?.duration("deep") ?? .seconds(14 * 86_400)
        basis = try orders?.choice("prices", default: .exclusive) ?? .exclusive
        currency = try orders?.choice("currency", default: .order) ?? .order
        accountAttribute = orders?.text("account_attribute")
        entersNumbers = orders?.text("enter_erp_number") == "true"
        channelByPayment = OrderChannel.known
        for (payment, node) in orders?["channels"]?.map ?? [] {
            channelByPayment[payment] = node.scalar.flatMap { OrderChannel(rawValue: $0) }
        }
        func map(_ name: String, _ subject: String) throws -> CodeMap {
            CodeMap(subject: subject, setting: "orders.\(name)", table: try orders?[name].map { try Self.table($0, read) })
        }
        codes = OrderCodes(
            shipping: try map("shipping", "shipping method"), payment: try map("payment", "payment method"), tax: try map("tax", "tax"),
            country: try map("countries", "country"), account: try map("accounts", "account"),
            reference: orders?["reference"].map { node in
                OrderReference(prefix: node.text("prefix") ?? "W", length: node.text("length").flatMap { Int($0) } ?? 8)
            }
        )
    }

    func channel(ofPayment method: String) -> OrderChannel { channelByPayment[method] ?? .web }

    private static func moments(_ node: SettingNode?) throws -> [String: OrderTrigger.Moment] {
        var moments: [String: OrderTrigger.Moment] = [:]
        for (payment, state) in node?.map ?? [] {
            guard let moment = state.scalar.flatMap({ OrderTrigger.Moment($0) }) else {
                throw state.invalid(
                    "is not a moment of an order", fix: "write new, processing or complete, or one with a status: processing/fraud_cleared")
            }
            moments[payment] = moment
        }
        if moments.isEmpty { moments["*"] = OrderTrigger.Moment("processing") }
        return moments
    }

    static func day(_ node: SettingNode) throws -> UTCInstant {
        let parts = (node.scalar ?? "").split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let date = CivilDate(year: parts[0], month: parts[1], day: parts[2]) else {
            throw node.invalid("is not a day", fix: "write it like 2026-11-21")
        }
        return UTCInstant(seconds: Int64(date.daysSinceEpoch) * 86_400)
    }

    static func table(_ node: SettingNode, _ read: (SettingNode, String) throws -> String) throws -> [String: String] {
        if let pairs = node.map { return pairs.reduce(into: [:]) { $0[$1.key] = $1.node.scalar ?? "" } }
        do throws(CodeMap.TableFault) {
            let text: String
            do { text = try read(node, node.scalar ?? "") } catch { throw CodeMap.TableFault.line(0) }
            return try CodeMap.table(text)
        } catch {
            switch error {
            case .line(0): throw node.invalid("is a file that cannot be read", fix: "name a CSV file beside the settings, or write the table here")
            case .line(let line): throw node.invalid("has no code and ERP code in line \(line)", fix: "two columns, separated by a comma")
            case .twice(let code): throw node.invalid("has \(Escaped(code)) twice", fix: "remove one of them")
            }
        }
    }
}
