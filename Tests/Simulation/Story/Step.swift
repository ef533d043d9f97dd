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
    /// A process runs every flow once; at some crossings something strikes it.
    case call([Strike])
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
