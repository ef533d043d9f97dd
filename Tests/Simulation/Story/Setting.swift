import Domain
import Endpoints

/// The flows a history may have.
enum FlowKind: String, Sendable, CaseIterable {
    case stock, delta, despatches, credits, orders

    /// Where its files are dropped.
    var folder: String {
        switch self {
        case .stock, .delta: "out"
        case .despatches, .credits: "events"
        case .orders: "in"
        }
    }

    var ending: String { self == .despatches || self == .credits ? "xml" : "csv" }
}

/// What stays the same throughout a history.
struct Setting: Sendable {
    var seed: UInt64
    var flows: [FlowKind]
    var after: AfterReading
    /// Files are announced by a done file, with the number of records in it.
    var announces: Bool
    /// Files are taken when they have stood still for half a minute; otherwise at once.
    var settles: Bool
    var processesSeeEachOther: Bool
    /// The ERP confirms orders by taking their file away.
    var confirmsByTaking: Bool
    /// So many calls that write values may be in flight at one time.
    var callsInFlight = 1
    var people = People.none
    /// What the server leaves out of what it says of its files.
    var silence = Silence.none

    /// Attributes are optional in the protocol.
    enum Silence: Sendable {
        case none, sizes, kinds, both

        /// By bits of the seed, so that the moves of a history are the same with and without it.
        init(seed: UInt64) {
            self =
                switch (seed >> 5) & 15 {
                case 1: .sizes
                case 2: .kinds
                case 3: .both
                default: .none
                }
        }

        var leavesOutSizes: Bool { self == .sizes || self == .both }
        var leavesOutKinds: Bool { self == .kinds || self == .both }
    }

    /// Who is at hand, beside those whose moves every history has.
    enum People: Sendable {
        case none
        /// Operators at the console. A file that puts most of the shop to zero waits for them.
        case operators
        /// Somebody who keeps copies of the ledger, and puts one in its place.
        case keeper
    }

    var words: String {
        let taken = announces ? "announced by a done file with a count" : settles ? "taken after 30 s without change" : "taken at once"
        let then =
            switch after {
            case .leave: "left"
            case .delete: "deleted"
            case .move(_, let naming): "archived (\(naming.rawValue))"
            }
        return
            "flows \(flows.map(\.rawValue).joined(separator: ", ")); files are \(taken), then \(then); processes \(processesSeeEachOther ? "see each other" : "cannot see each other")\(callsInFlight > 1 ? "; \(callsInFlight) calls in flight" : "")\(people == .operators ? "; files that put most to zero wait for a person" : "")\(silence == .none ? "" : "; the server leaves out \(silence == .both ? "sizes and kinds" : "\(silence)")")"
    }
}
