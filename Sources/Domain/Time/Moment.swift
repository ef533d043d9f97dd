/// Both clocks at once: the wall's for schedules and stamps, the one that only goes forward for waiting (reliability H5).
package struct Moment: Hashable, Sendable {
    package var wall: UTCInstant
    package var uptime: Duration

    package init(wall: UTCInstant, uptime: Duration) {
        self.wall = wall
        self.uptime = uptime
    }
}

extension Timeline {
    package var moment: Moment { Moment(wall: now(), uptime: uptime()) }
}
