package import Domain

/// When and how a flow is compared with the shop between its runs.
package struct ReconcilePlan: Hashable, Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec("schedule", .text, "When serve compares: five fields of cron, or every LENGTH.", required: .required, example: "\"30 2 * * *\""),
        OptionSpec(
            "sample", .integer(1...1_000_000), "Number of keys to compare instead of all, half of them those sent last; for flows into the shop."),
        OptionSpec(
            "adopt", .boolean, "Whether the books take over what the shop holds, so that the next full file puts it right through its gates.",
            default: "false"),
        OptionSpec(
            "sale", .choice(SaleReconciler.Sequel.allCases.map(\.rawValue)),
            "Whether products in stock are looked at for being on sale, too; mend has the shop index anew what nobody can buy although no orders hold it. For stock.",
            default: "report"),
        OptionSpec(
            "reservations", .boolean,
            "Whether every product is looked at for reservations that no open order holds, too: 2 ms for each on a shop of two cores. For stock.",
            default: "false"),
        OptionSpec("days", .integer(1...60), "How many past trading days of orders are compared; for flows out of the shop.", default: "3"),
    ]

    /// What the job is called beside its flow.
    package static let suffix = "/reconcile"

    package var schedule: Schedule
    package var scope: Reconciler.Scope
    package var sequel: Reconciler.Sequel
    package var sale: SaleReconciler.Sequel
    package var reservations: Bool
    package var days: Int

    package init(_ node: SettingNode, zone: ZoneTable) throws {
        guard let when = node["schedule"] else { throw node.invalid("has no schedule", fix: "add schedule: \"30 2 * * *\"") }
        do {
            schedule = Schedule([.init(try Cadence(when.scalar ?? ""))], zone: zone)
        } catch {
            throw when.invalid(error.text, fix: "write \"30 2 * * *\" or \"every 1d\"")
        }
        scope = try node.integer("sample").map { .sample($0) } ?? .all
        sequel = node.text("adopt") == "true" ? .adopt : .report
        sale = try node.choice("sale", default: .report)
        reservations = node.text("reservations") == "true"
        days = try node.integer("days") ?? 3
    }

    /// The flow that a job belongs to, where it is one of comparing.
    package static func flow(ofJob name: String) -> String? {
        name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
    }
}
