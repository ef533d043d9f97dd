import Domain
import Synchronization

/// Items that are worked through in one session, or in several beside each other where there are many (decision 0055).
///
/// At a distance a small file costs round trips and hardly a byte, so only sessions beside each other shorten a backlog.
/// The first one finds the items and alone is enough: the others are a help, and a server that refuses them is no trouble.
final class Backlog<Item: Sendable, Answer: Sendable>: Sendable {
    /// A connection costs as many round trips as about this many small files.
    private static var itemsPerSession: Int { 4 }

    private struct Turn: Sendable {
        let place: Int
        let item: Item
    }

    private struct State {
        var isFound = false
        var waiting: ArraySlice<Turn> = []
        var inHand = 0
        var answers: [Int: Answer] = [:]
        var failure: (any Error)?
        /// Sessions to call for once the second one has been let in.
        var reserve = 0

        var isDone: Bool { failure != nil || (isFound && waiting.isEmpty && inHand == 0) }
    }

    private enum Event: Sendable {
        case call(Int)
        case left
    }

    private let endpoint: any Endpoint
    private let find: @Sendable (any EndpointSession) throws -> [Item]
    private let work: @Sendable (Item, any EndpointSession) throws -> Answer
    private let state = Mutex(State())
    private let events: AsyncStream<Event>
    private let announce: AsyncStream<Event>.Continuation

    init(
        _ endpoint: any Endpoint,
        find: @escaping @Sendable (any EndpointSession) throws -> [Item],
        work: @escaping @Sendable (Item, any EndpointSession) throws -> Answer
    ) {
        (self.endpoint, self.find, self.work) = (endpoint, find, work)
        (events, announce) = AsyncStream.makeStream()
    }

    /// Once.
    func finish() async -> WorkedBacklog<Answer> {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.lead() }
            var present = 1
            for await event in events {
                switch event {
                case .call(let count):
                    for _ in 0..<count { group.addTask { await self.help() } }
                    present += count
                case .left:
                    present -= 1
                }
                if present == 0 || isDone { break }
            }
            // Whoever is still connecting would find nothing to do.
            group.cancelAll()
        }
        // A helper that was lost gave its item back when the others had left already.
        if !isDone { await lead() }
        return state.withLock { state in
            WorkedBacklog(answers: state.answers.sorted { $0.key < $1.key }.map(\.value), failure: state.failure)
        }
    }

    private var isDone: Bool { state.withLock { $0.isDone } }

    // MARK: Sessions

    private func lead() async {
        do {
            try await endpoint.withSession { session in
                try self.findOnce(session)
                try self.takeTurns(session)
            }
        } catch { fail(error) }
        announce.yield(.left)
    }

    /// A session that is refused or lost leaves the work to the others: its item is in the row again. What is no matter of the
    /// moment, such as a host key that is not the pinned one, is never passed over.
    private func help() async {
        do {
            try await endpoint.withSession { session in
                self.callReserve()
                try self.takeTurns(session)
            }
        } catch let diagnostic as Diagnostic where diagnostic.kind == .permanent {
            fail(diagnostic)
        } catch {}
        announce.yield(.left)
    }

    /// A session that is made anew after a loss goes on where the lost one stopped.
    private func findOnce(_ session: any EndpointSession) throws {
        if state.withLock({ $0.isFound }) { return }
        let items = try find(session)
        let helpers = min(endpoint.sessionLimit, items.count / Self.itemsPerSession) - 1
        state.withLock { state in
            state.isFound = true
            state.waiting = items.enumerated().map { Turn(place: $0.offset, item: $0.element) }[...]
            state.reserve = max(helpers - 1, 0)
        }
        // One alone at first: many refused logins at once could lock the account (F11).
        if helpers > 0 { announce.yield(.call(1)) }
    }

    private func callReserve() {
        let count = state.withLock { state in
            defer { state.reserve = 0 }
            return state.reserve
        }
        if count > 0 { announce.yield(.call(count)) }
    }

    // MARK: Turns

    private func takeTurns(_ session: any EndpointSession) throws {
        while let turn = next() {
            do {
                let answer = try work(turn.item, session)
                state.withLock { state in
                    state.answers[turn.place] = answer
                    state.inHand -= 1
                }
            } catch {
                giveBack(turn, after: error)
                throw error
            }
        }
    }

    private func next() -> Turn? {
        state.withLock { state in
            guard state.failure == nil, let turn = state.waiting.popFirst() else { return nil }
            state.inHand += 1
            return turn
        }
    }

    /// To the end of the row: what one session cannot do for the moment must not stop the others.
    private func giveBack(_ turn: Turn, after error: any Error) {
        state.withLock { state in
            state.inHand -= 1
            if let diagnostic = error as? Diagnostic, diagnostic.kind.mayBeTriedAgain {
                state.waiting.append(turn)
            } else {
                state.failure = state.failure ?? error
            }
        }
    }

    private func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
    }
}

/// What came of a backlog.
package struct WorkedBacklog<Answer: Sendable>: Sendable {
    /// In the order of their items; an item that was not done has none.
    package var answers: [Answer]
    /// Why items were not done; the first reason there was.
    package var failure: (any Error)?
}

extension Endpoint {
    /// Finds items and works on each of them once, in as many sessions as it is worth and the endpoint grants.
    ///
    /// Items are begun in their order; several may be worked on at a time, on different threads. `find` and `work` may be
    /// called again after a loss of the connection, until they return.
    package func workThrough<Item: Sendable, Answer: Sendable>(
        find: @escaping @Sendable (any EndpointSession) throws -> [Item],
        each work: @escaping @Sendable (Item, any EndpointSession) throws -> Answer
    ) async -> WorkedBacklog<Answer> {
        await Backlog(self, find: find, work: work).finish()
    }
}
