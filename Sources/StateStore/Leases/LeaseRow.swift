import GRDB

/// Who holds the work on a flow, as the ledger knows it.
package struct LeaseRow: Hashable, Sendable {
    package var flow: String
    /// The process, as `LeaseHolder` names it.
    package var holder: String
    /// Counts the holders of this flow; the present one's is the highest.
    package var token: Int64
    /// Counts the signs of life of the present holder.
    package var renewals: Int64
    /// Which clock `renewed` is read from. Two processes with the same clock can compare their times.
    package var clock: String
    /// The last sign of life, by that clock.
    package var renewed: Duration
    /// Whether the holder has given it back in order.
    package var isReleased: Bool

    init(_ row: Row) {
        flow = row["flow"]
        holder = row["holder"]
        token = row["token"]
        renewals = row["renewals"]
        clock = row["clock"]
        renewed = .milliseconds(row["renewed"] as Int64)
        isReleased = row["released"]
    }
}

/// What can be told of a holder by looking at its process.
package enum HolderStanding: Hashable, Sendable {
    case alive
    case dead
    /// It runs where this process cannot see: on another machine, or in another process namespace.
    case unseen
}

/// What came of asking for a lease.
package enum LeaseAnswer: Sendable {
    case taken(LeaseKeeper)
    /// The holder lives.
    case busy(LeaseRow)
    /// Only time can tell whether the holder lives: its lease is free after so long without a sign of life.
    case unsure(LeaseRow, freeAfter: Duration)
}
