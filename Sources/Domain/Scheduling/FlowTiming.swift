/// When a flow runs and when its file is expected: the settings of one flow.
package struct FlowTiming: Sendable {
    private static let tierOptions: [OptionSpec] = [
        OptionSpec("at", .text, "Five fields of cron, or every LENGTH.", required: .required, example: "\"*/15 * * * *\""),
        OptionSpec("during", .text, "Only while this calendar is open.", example: "trading-hours"),
        OptionSpec("outside", .text, "Only while this calendar is closed.", example: "trading-hours"),
    ]

    private static let expectOptions: [OptionSpec] = [
        OptionSpec("within", .duration, "How long after the last file the next one is due.", example: "20m"),
        OptionSpec("by", .text, "Time of each open day by which a file is due.", example: "\"06:30\""),
        OptionSpec("during", .text, "The calendar whose open hours count.", default: "always", example: "trading-hours"),
        OptionSpec(
            "age", .duration, "How old the data may be by the time inside the file, for each warehouse. Twice within unless given.", example: "1h"),
    ]

    private static let retryOptions: [OptionSpec] = [
        OptionSpec("first", .duration, "The pause before the first retry; each further pause is twice as long.", default: "1m"),
        OptionSpec("longest", .duration, "The longest pause.", default: "15m"),
        OptionSpec(
            "attempts", .integer(0...1000), "Number of attempts after which the rest waits for the next slot. Default: until it succeeds.",
            example: "10"),
    ]

    package static let options: [OptionSpec] = [
        OptionSpec(
            "schedule", .either([.text, .list(.object(tierOptions))]),
            "When serve runs the flow: five fields of cron, every LENGTH, or a list of these with calendars.", example: "\"*/15 * * * *\""),
        OptionSpec(
            "misfire", .choice(MisfirePolicy.allCases.map(\.rawValue)),
            "What happens to schedule slots that passed while nothing ran: `once` runs the last of them, `skip` none.", default: "once"),
        OptionSpec(
            "retry", .object(retryOptions),
            "How `serve` retries between slots what could not finish: a shop in maintenance, a server that does not answer."),
        OptionSpec("expect", .object(expectOptions), "When a file is due; a missing one raises an alarm."),
    ]

    package var schedule: Schedule?
    package var misfire: MisfirePolicy
    package var retries = Retries.standard
    package var expectation: FileExpectation?
    package var age: Duration?

    /// The calendars that something of it refers to.
    package var hours: [OpeningHours] {
        let spans = (schedule?.tiers ?? []).compactMap { tier in
            switch tier.span {
            case .always: nil as OpeningHours?
            case .during(let hours), .outside(let hours): hours
            }
        }
        return spans + (expectation.map { [$0.hours] } ?? [])
    }

    package init(_ flow: SettingNode, calendars: CalendarBook) throws {
        schedule = try flow["schedule"].map { try Self.schedule($0, calendars) }
        misfire = try flow.choice("misfire", default: .once)
        if let retry = flow["retry"] { retries = try Self.retries(retry) }
        guard let expect = flow["expect"] else { return }
        let hours = try expect["during"].map { try calendars.hours($0) } ?? .always
        let within = try expect.duration("within")
        switch (within, expect["by"]) {
        case (let within?, nil): expectation = FileExpectation(.within(within), during: hours)
        case (nil, let by?):
            guard let minute = by.scalar.flatMap({ ClockTime.minute($0) }), minute < 1440 else {
                throw by.invalid("is not a time of the day", fix: "write it like \"06:30\", in quotes")
            }
            // Days of the calendar count, and the wall they are counted on.
            let days = hours.name == OpeningHours.always.name ? OpeningHours(name: hours.name, zone: calendars.zone) : hours
            expectation = FileExpectation(.by(minute: minute), during: days)
        case (nil, nil):
            guard expect["age"] != nil else { throw expect.invalid("says no time", fix: "give it within, by or age") }
        case (_?, _?): throw expect.invalid("says both within and by", fix: "keep the one that is meant")
        }
        age = try expect.duration("age") ?? within.map { $0 * 2 }
    }

    private static func retries(_ node: SettingNode) throws -> Retries {
        var retries = Retries.standard
        retries.first = try node.duration("first") ?? retries.first
        retries.longest = try node.duration("longest") ?? max(retries.longest, retries.first)
        retries.attempts = try node.integer("attempts")
        guard retries.first >= .seconds(1), retries.longest >= retries.first else {
            throw node.invalid("has a first pause of less than a second, or one longer than the longest", fix: "write {first: 1m, longest: 15m}")
        }
        return retries
    }

    private static func schedule(_ node: SettingNode, _ calendars: CalendarBook) throws -> Schedule {
        guard let tiers = node.list else { return Schedule([.init(try cadence(node))], zone: calendars.zone) }
        guard !tiers.isEmpty else { throw node.invalid("is empty", fix: "write \"*/15 * * * *\"") }
        return Schedule(
            try tiers.map { tier in
                guard let at = tier["at"] else { throw tier.invalid("has no at", fix: "write {at: \"*/15 * * * *\"}") }
                switch (tier["during"], tier["outside"]) {
                case (nil, nil): return Schedule.Tier(try cadence(at))
                case (let during?, nil): return Schedule.Tier(try cadence(at), .during(try calendars.hours(during)))
                case (nil, let outside?): return Schedule.Tier(try cadence(at), .outside(try calendars.hours(outside)))
                case (_?, _?): throw tier.invalid("says both during and outside", fix: "make two of it")
                }
            },
            zone: calendars.zone
        )
    }

    private static func cadence(_ node: SettingNode) throws -> Cadence {
        do {
            return try Cadence(node.scalar ?? "")
        } catch {
            throw node.invalid(error.text, fix: "write \"*/15 * * * *\" or \"every 15m\"")
        }
    }
}
