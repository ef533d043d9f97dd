/// The opening hours of the settings, by name: what schedules, deadlines and windows refer to.
package struct CalendarBook: Sendable {
    package static let tradingHours = "trading-hours"
    package static let offPeak = "off-peak"

    package static let options: [OptionSpec] = [
        OptionSpec(
            "days", .list(.choice(Weekday.allCases.map(\.short))), "The days of the week on which it is open; all unless given.",
            example: "[mon, tue, wed, thu, fri]"),
        OptionSpec(
            "hours", .list(.text), "From when to when, by the wall's clock; an end that is not behind the start is on the next day.",
            default: "00:00-24:00", example: "\"09:00-17:30\""),
        OptionSpec("holidays", .text, "A list of bank holidays on which it is closed: a file below Schemas/calendars.", example: "uk-england"),
        OptionSpec("closed", .list(.text), "Single days on which it is closed as well.", example: "[2026-12-24]"),
        OptionSpec("open", .list(.text), "Single days on which it is open whatever else is said.", example: "[2026-12-19]"),
    ]

    package static let windowOptions: [OptionSpec] = [
        OptionSpec("flows", .list(.text), "The flows that are held back; all unless given.", example: "[stock, prices]"),
        OptionSpec(
            "days", .list(.choice(Weekday.allCases.map(\.short))), "The days of the week on which it begins; all unless given.", example: "[sun]"),
        OptionSpec("hours", .list(.text), "From when to when, every week.", example: "\"02:00-04:00\""),
        OptionSpec("from", .text, "When it begins, for one that is there once.", example: "\"2026-12-01 20:00\""),
        OptionSpec("until", .text, "When that one ends.", example: "\"2026-12-01 23:00\""),
    ]

    package let zone: ZoneTable
    private var hours: [String: OpeningHours]
    private let holidays: @Sendable (String) throws -> HolidayList

    /// - Parameters:
    ///   - holidays: Reads a list of bank holidays by name; throws a `Diagnostic` where there is none.
    package init(_ node: SettingNode?, zone: ZoneTable, holidays: @escaping @Sendable (String) throws -> HolidayList) throws {
        self.zone = zone
        hours = [
            OpeningHours.always.name: .always,
            Self.offPeak: OpeningHours(name: Self.offPeak, zone: zone, hours: [1200..<1800]),
        ]
        self.holidays = holidays
        for (name, group) in node?.map ?? [] {
            hours[name] = try Self.hours(group, name: name, zone: zone, holidays: holidays)
        }
    }

    package var names: [String] { Set(hours.keys).union([Self.tradingHours]).sorted() }

    package func hours(_ node: SettingNode) throws -> OpeningHours {
        if let found = node.scalar.flatMap({ hours[$0] }) { return found }
        guard node.scalar == Self.tradingHours else {
            throw node.invalid(
                "is no calendar",
                fix: NearestWord.hint(
                    node.scalar ?? "", among: names, otherwise: "known: \(names.joined(separator: ", ")); others are made under calendars"))
        }
        // Made when it is asked for: who does not use it needs no list of holidays.
        return usualTradingHours(try holidays("uk-england"))
    }

    /// The trading hours of the settings, or the usual ones; without bank holidays where there is no list of them.
    package var trading: OpeningHours {
        hours[Self.tradingHours] ?? usualTradingHours((try? holidays("uk-england")) ?? .none)
    }

    private func usualTradingHours(_ holidays: HolidayList) -> OpeningHours {
        OpeningHours(
            name: Self.tradingHours, zone: zone, weekdays: [.monday, .tuesday, .wednesday, .thursday, .friday], hours: [540..<1050],
            holidays: holidays)
    }

    // MARK: Reading

    private static func hours(
        _ node: SettingNode, name: String, zone: ZoneTable, holidays: (String) throws -> HolidayList
    ) throws -> OpeningHours {
        var found = OpeningHours(name: name, zone: zone)
        let days = node.texts("days").compactMap { Weekday(short: $0) }
        if !days.isEmpty { found.weekdays = Set(days) }
        let spans = try spans(node)
        if !spans.isEmpty { found.hours = spans }
        if let list = node["holidays"], let name = list.scalar {
            do { found.holidays = try holidays(name) } catch let fault as Diagnostic {
                throw list.invalid("is no list of bank holidays", fix: fault.fix)
            }
        }
        found.closed = Set(try dates(node, "closed"))
        found.opened = Set(try dates(node, "open"))
        return found
    }

    private static func spans(_ node: SettingNode) throws -> [Range<Int>] {
        guard let hours = node["hours"] else { return [] }
        return try (hours.list ?? [hours]).map { item in
            guard let span = item.scalar.flatMap({ ClockTime.span($0) }) else {
                throw item.invalid("is no span of time", fix: "write it like \"09:00-17:30\", in quotes")
            }
            return span
        }
    }

    private static func dates(_ node: SettingNode, _ key: String) throws -> [CivilDate] {
        guard let list = node[key] else { return [] }
        return try (list.list ?? [list]).map { item in
            guard let date = item.scalar.flatMap({ CivilDate(iso: $0) }) else {
                throw item.invalid("is not a day", fix: "write it like 2026-12-24")
            }
            return date
        }
    }

    /// The windows under `maintenance`.
    package func maintenance(_ node: SettingNode?, flows: [String]) throws -> Maintenance {
        guard let node else { return Maintenance() }
        return Maintenance(
            try (node.list ?? [node]).map { window in
                let named = window["flows"] == nil ? nil : Set(window.texts("flows"))
                if let unknown = named?.first(where: { !flows.contains($0) }) {
                    throw window.invalid("names a flow \(unknown) that is not there", fix: "flows: \(flows.joined(separator: ", "))")
                }
                return Maintenance.Window(try span(window), flows: named)
            }
        )
    }

    private func span(_ node: SettingNode) throws -> Maintenance.Span {
        if let from = node["from"] {
            guard let until = node["until"] else { throw node.invalid("has no end", fix: "add until: \"2026-12-01 23:00\"") }
            let start = try moment(from)
            let end = try moment(until)
            guard start < end else { throw until.invalid("is not behind from", fix: "exchange them") }
            return .once(start..<end)
        }
        guard node["hours"] != nil else { throw node.invalid("says no time", fix: "give it hours, or from and until") }
        return .weekly(try Self.hours(node, name: "maintenance", zone: zone) { _ in .none })
    }

    /// `2026-12-01 20:00` by the wall.
    private func moment(_ node: SettingNode) throws -> UTCInstant {
        let parts = (node.scalar ?? "").split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2, let day = CivilDate(iso: String(parts[0])), let minute = ClockTime.minute(parts[1]),
            let moment = zone.moment(of: day.adding(days: minute / 1440), minute: minute % 1440)
        else { throw node.invalid("is not a time", fix: "write it like \"2026-12-01 20:00\"") }
        return moment
    }
}
