import Domain
import Magento
import Synchronization

/// Invoices and credits of different orders may be under way at one time, those of one order one after the other. Shipments are sent one at a
/// time: in parallel they deadlock in the shop (decision 0161).
extension SalesEventApplier {
    typealias Queue = [(index: Int, change: Change)]

    /// What ends the work on all of them.
    final class StopSign: Sendable {
        private let state = Mutex<(outage: Diagnostic?, failure: (any Error)?)>((nil, nil))

        /// What keeps the shop from answering one keeps it from answering all.
        var outage: Diagnostic? { state.withLock { $0.outage } }
        /// This process may not send anything any more.
        var failure: (any Error)? { state.withLock { $0.failure } }

        func note(_ outage: Diagnostic) { state.withLock { $0.outage = $0.outage ?? outage } }
        func note(failure: any Error) { state.withLock { $0.failure = $0.failure ?? failure } }
    }

    /// What is done one after the other: an order's changes each, or all of them in the order of their file.
    func queues(_ changes: [Change]) -> [Queue] {
        let numbered = changes.enumerated().map { (index: $0.offset, change: $0.element) }
        guard flights != nil else { return [numbered] }
        var places: [String: Int] = [:]
        var queues: [Queue] = []
        for entry in numbered {
            let order = (try? SalesEvent(encoded: entry.change.after))?.order ?? ""
            if let place = places[order] {
                queues[place].append(entry)
            } else {
                places[order] = queues.count
                queues.append([entry])
            }
        }
        return queues
    }

    func perform(_ queue: Queue, _ calls: any CallBook, _ stop: StopSign) async -> [(index: Int, answer: ChangeAnswer)] {
        var answers: [(index: Int, answer: ChangeAnswer)] = []
        for (index, change) in queue {
            guard stop.failure == nil else { return answers }
            if let outage = stop.outage {
                answers.append((index, .deferred(outage)))
                continue
            }
            guard let event = try? SalesEvent(encoded: change.after) else {
                answers.append((index, .rejected(SalesRejections.unreadable)))
                continue
            }
            let (flight, began) = (flights?.begin(), timeline.uptime())
            var outage: Diagnostic?
            do {
                let answer = try await perform(event, EventCalls(calls, rules.kind, order: event.order, key: change.key), &outage)
                if let flight { flights?.end(flight, rows: outage == nil ? 1 : 0, took: timeline.uptime() - began) }
                answers.append((index, answer))
            } catch let failure as EventCalls.Failure {
                if let flight { flights?.end(flight, rows: 0, took: .zero) }
                stop.note(failure: failure.cause)
                return answers
            } catch {
                if let flight { flights?.end(flight, rows: 0, took: .zero) }
                outage = SourceItemsApplier.diagnostic(error)
                answers.append((index, .deferred(SourceItemsApplier.diagnostic(error))))
            }
            if let outage { stop.note(outage) }
        }
        return answers
    }
}
