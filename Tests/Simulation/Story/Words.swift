import Domain

/// A story as a person reads it.
extension Story {
    var words: String {
        var at = Duration.zero
        var lines = ["  \(setting.words)"]
        for step in steps {
            at += step.after
            lines.append("  \(Self.clock(at))  \(step.move.words)")
        }
        lines.append("  then everything is calm" + (closes ? ", and a last good file comes" : ""))
        return lines.joined(separator: "\n")
    }

    private static func clock(_ at: Duration) -> String {
        let seconds = at.components.seconds
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}

extension Move {
    var words: String {
        switch self {
        case .drop(let drop): return drop.words
        case .senderDeletes(let flow, let name): return "the sender deletes \(flow.folder)/\(name)"
        case .erpTakesOrders: return "the ERP takes what stands in the inbox"
        case .shopMishap(let mishap): return "the shop's next write: \(mishap.words)"
        case .weather(let kind, let duration): return "the shop answers \(kind) to everything for \(duration.components.seconds) s"
        case .folderMishap(let mishap): return "the server's next change: \(mishap)"
        case .erpDown(let duration): return "the server is away for \(duration.components.seconds) s"
        case .staffShips(let event): return "staff ship \(event.words) by hand, with its tracking number"
        case .placeOrder(let number): return "a customer places order W\(number)"
        case .cancelOrder(let number): return "staff cancel order W\(number)"
        case .clockStep(let step): return "the machine's clock is set by \(step.components.seconds) s"
        case .flipSpooledByte(let place): return "a byte of a spooled file flips (\(place))"
        case .runByHand(let drop): return "an operator gives a file by hand; \(drop.words)"
        case .discardHeld: return "an operator discards what waits for a decision"
        case .retryErrors: return "an operator retries all errors"
        case .click(let click, let strikes): return "an operator \(click.words) in the console\(strikes.words)"
        case .act(let strikes): return "a process carries out what was ordered\(strikes.words)"
        case .backUp: return "the ledger is copied"
        case .restore: return "the copy is put in the ledger's place, as the manual says"
        case .call(let strikes): return "a process runs\(strikes.words)"
        }
    }
}

extension [Strike] {
    fileprivate var words: String { map { "; at crossing \($0.crossing) \($0.blow.words)" }.joined() }
}

extension Click {
    fileprivate var words: String {
        switch self {
        case .approve: "approves what waits"
        case .discard: "discards what waits"
        case .retry: "retries all errors"
        case .correct(let figure): "corrects figures to \(figure) and retries them"
        case .twice(let click): "\(click.words), sending the form twice,"
        }
    }
}

extension Drop {
    fileprivate var words: String {
        let how =
            switch manner {
            case .atOnce: ""
            case .renamed: ", written under a temporary name"
            case .slowly(let duration): ", written in two parts \(duration.components.seconds) s apart"
            case .whenGone: ", unless one stands there"
            }
        let what =
            switch content {
            case .figures(let figures): figures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            case .events(let events): events.map(\.words).joined(separator: ", ")
            }
        return "the sender writes \(flow.folder)/\(name)\(flaw == .none ? "" : " (\(flaw.rawValue))")\(how): \(what)"
    }
}

extension Event {
    fileprivate var words: String {
        "\(number) for order \(order) (\(quantities.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")))"
    }
}

extension ShopMishap {
    fileprivate var words: String {
        switch self {
        case .slow(let duration): "answered after \(duration.components.seconds) s"
        case .cutBefore: "cut before it arrives"
        case .cutAfter: "done, and the answer is lost"
        case .gatewayTimeout(let wait): "504, and committed after \(wait.components.seconds) s"
        case .cutThenCommits(let wait): "cut, and committed after \(wait.components.seconds) s"
        case .internalError: "500, nothing done"
        case .halfBatch: "500, half of it done"
        case .deadlock: "a deadlock"
        }
    }
}

extension Strike.Blow {
    fileprivate var words: String {
        switch self {
        case .kill: "it is killed"
        case .pause(let duration): "it stands still for \(duration.components.seconds) s"
        case .diskFull(let commits): "its next \(commits) commits find the disk full"
        case .rival: "another process starts and goes first"
        case .move(let move): move.words
        case .clockStep(let step): "its clock is set by \(step.components.seconds) s"
        }
    }
}
