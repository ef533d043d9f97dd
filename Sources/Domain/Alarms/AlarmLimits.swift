/// Thresholds at which alarms are raised, if the flow has none of its own.
package struct AlarmLimits: Hashable, Sendable {
    package static let options: [OptionSpec] = [
        OptionSpec(
            "server_errors", .integer(0...10_000), "Number of HTTP 5xx answers of the shop in 10 minutes above which an alarm is raised.",
            default: "3"),
        OptionSpec("error_rate", .percent, "Share of a day's records that may be rejected before an alarm is raised.", default: "1%"),
        OptionSpec(
            "recurring", .integer(2...14),
            "Number of the last 14 days with the same rejection after which an alarm is raised, however few records it concerns.",
            default: "5"),
        OptionSpec("backlog", .percent, "How much may be waiting in a flow, relative to what is usual there.", default: "200%"),
        OptionSpec("held", .duration, "How long a plan may wait for a decision before it is red.", default: "4h"),
        OptionSpec("stuck", .duration, "How long a file may be unfinished.", default: "1h"),
        OptionSpec(
            "undone", .duration,
            "How long a file may be unread, a run open, an order or an event without its effect, where the flow has no deadline of its own.",
            default: "4h"),
        OptionSpec(
            "errors", .duration,
            "How long rejected records of figures may wait for a person. Unless given only their share and their coming back are alarms; those of events and orders have the flow's deadline.",
            example: "24h"),
        OptionSpec("disk", .percent, "Share of the state folder's disk that must be free.", default: "10%"),
        OptionSpec("clock", .duration, "How far clocks may differ.", default: "60s"),
        OptionSpec(
            "consumers", .duration,
            "How long the shop's queue may make no progress before an alarm is raised. The shop is asked only where this is given; it wants the resource Bulk Operations.",
            example: "10m"),
        OptionSpec("expiry", .duration, "How long before its expiry a credential raises an alarm.", default: "30d"),
    ]

    package var serverErrors = 3
    package var errorRate = ExactDecimal(1)
    package var recurring = 5
    package var backlog = ExactDecimal(200)
    package var held = Duration.seconds(4 * 3600)
    package var stuck = Duration.seconds(3600)
    package var undone = Duration.seconds(4 * 3600)
    /// `nil`: the next file is their end, and how many they are is judged elsewhere.
    package var errors: Duration?
    package var disk = ExactDecimal(10)
    package var clock = Duration.seconds(60)
    /// `nil`: the shop is not asked.
    package var consumers: Duration?
    package var expiry = Duration.seconds(30 * 86_400)

    package init() {}

    package init(_ node: SettingNode?) throws {
        self.init()
        guard let node else { return }
        serverErrors = try node.integer("server_errors") ?? serverErrors
        errorRate = try node.percent("error_rate", default: errorRate) ?? ExactDecimal(100)
        recurring = try node.integer("recurring") ?? recurring
        backlog = try node.percent("backlog", default: backlog) ?? backlog
        held = try node.duration("held") ?? held
        stuck = try node.duration("stuck") ?? stuck
        undone = try node.duration("undone") ?? undone
        errors = try node.duration("errors") ?? errors
        disk = try node.percent("disk", default: disk) ?? .zero
        clock = try node.duration("clock") ?? clock
        consumers = try node.duration("consumers")
        expiry = try node.duration("expiry") ?? expiry
    }
}
