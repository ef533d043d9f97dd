import Domain

/// What a sender puts into a file.
enum Content: Hashable, Sendable {
    /// Quantities by SKU.
    case figures([String: Int])
    case events([Event])
}

/// One despatch or credit note of the ERP.
struct Event: Hashable, Sendable {
    var number: String
    /// Counts the shop's orders from 1.
    var order: Int
    var quantities: [String: Int]
    var track: String { "T\(number)" }
}

/// What is wrong with a file that its sender believes to be finished.
enum Flaw: String, Hashable, Sendable, CaseIterable {
    case none
    /// It ends in the middle of a record.
    case cut
    /// Records are missing at its end; only the done file's count tells.
    case short
    /// It is dated ten years from now.
    case future
    /// It is older than the one before: it comes late.
    case late
    /// Nearly everything in it is zero: a person has to look at it.
    case drastic
    /// One of its figures cannot be read.
    case unreadable
}

/// How a sender brings a file.
enum Manner: Hashable, Sendable {
    case atOnce
    /// Under a temporary name first.
    case renamed
    /// The first half now, the rest so much later.
    case slowly(Duration)
    /// Only where nothing stands under the name.
    case whenGone
}

struct Drop: Hashable, Sendable {
    var flow: FlowKind
    var name: String
    var content: Content
    var flaw: Flaw
    var manner: Manner
}

/// One thing that happens in a history. Everything about it is drawn when the story is made, so that leaving out one step changes no other.
indirect enum Move: Hashable, Sendable {
    case drop(Drop)
    case senderDeletes(FlowKind, name: String)
    case erpTakesOrders
    case shopMishap(ShopMishap)
    case weather(ShopWeather, Duration)
    case folderMishap(FolderMishap)
    case erpDown(Duration)
    case staffShips(Event)
    case placeOrder(Int)
    case cancelOrder(Int)
    case clockStep(Duration)
    case flipSpooledByte(Int)
    /// An operator gives a file by hand, as `tallyman run FLOW --file`.
    case runByHand(Drop)
    /// An operator retries every open error.
    case retryErrors
    /// An operator discards every run that waits for a decision.
    case discardHeld
    /// A person orders something in the console; what carries it out comes later.
    case click(Click, [Strike])
    /// A process carries out what was ordered in the console, and does nothing else.
    case act([Strike])
    /// The ledger is copied.
    case backUp
    /// The last copy takes the ledger's place, and an operator does what the manual says of it.
    case restore
    /// A process runs every flow once; at some crossings something strikes it.
    case call([Strike])
}

/// What a person orders in the console.
enum Click: Hashable, Sendable {
    case approve
    case discard
    case retry
    /// Corrects every figure that cannot be read, all to this one, and retries.
    case correct(Int)
    /// The form is sent twice.
    indirect case twice(Click)
}

/// What strikes a process at one of its crossings.
struct Strike: Hashable, Sendable {
    enum Blow: Hashable, Sendable {
        case kill
        case pause(Duration)
        /// The next so many commits find no room.
        case diskFull(Int)
        /// Another process is started and goes first.
        case rival
        case move(Move)
        /// This process's own clock is set.
        case clockStep(Duration)
    }

    var crossing: Int
    var blow: Blow
}

struct Step: Hashable, Sendable {
    /// Since the step before.
    var after: Duration
    var move: Move
}

struct Story: Sendable {
    var setting: Setting
    var steps: [Step]
    /// Whether a last good file comes when everything is calm.
    var closes: Bool
}

extension Move {
    /// What strikes the process that it starts.
    var strikes: [Strike] {
        get {
            switch self {
            case .call(let strikes), .act(let strikes), .click(_, let strikes): strikes
            default: []
            }
        }
        set {
            switch self {
            case .call: self = .call(newValue)
            case .act: self = .act(newValue)
            case .click(let click, _): self = .click(click, newValue)
            default: break
            }
        }
    }

    /// What of a story it is, in one or two words, for the counts at the end.
    var kind: String {
        switch self {
        case .drop(let drop): drop.flaw == .none ? "file \(drop.manner.kind)" : "file \(drop.flaw.rawValue)"
        case .senderDeletes: "sender deletes"
        case .erpTakesOrders: "ERP takes orders"
        case .shopMishap(let mishap): "shop \(mishap.kind)"
        case .weather(let weather, _): "shop \(weather) for a while"
        case .folderMishap(let mishap): "folder \(mishap)"
        case .erpDown: "folder away"
        case .staffShips: "staff ship"
        case .placeOrder: "order placed"
        case .cancelOrder: "order cancelled"
        case .clockStep: "clock of the machine"
        case .flipSpooledByte: "byte flipped"
        case .runByHand: "file by hand"
        case .retryErrors: "errors retried"
        case .discardHeld: "held discarded"
        case .click(let click, _): "click \(click.kind)"
        case .act: "orders carried out"
        case .backUp: "backup"
        case .restore: "restore"
        case .call: "call"
        }
    }
}

extension Click {
    fileprivate var kind: String {
        switch self {
        case .approve: "approve"
        case .discard: "discard"
        case .retry: "retry"
        case .correct: "correct"
        case .twice(let click): click.kind
        }
    }
}

extension Strike.Blow {
    /// `nil` where it is a move of its own kind.
    var kind: String? {
        switch self {
        case .kill: "kill"
        case .pause: "pause"
        case .diskFull: "disk full"
        case .rival: "rival"
        case .move: nil
        case .clockStep: "clock of a process"
        }
    }
}

extension Manner {
    fileprivate var kind: String {
        switch self {
        case .atOnce: "at once"
        case .renamed: "renamed"
        case .slowly: "slowly"
        case .whenGone: "when gone"
        }
    }
}
