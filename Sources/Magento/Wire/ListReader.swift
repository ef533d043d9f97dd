import Synchronization

/// Takes the elements of a long list one by one while the answer comes in, so that neither its bytes nor a tree of it is ever there as a whole.
///
/// A call that is repeated begins anew: what an earlier try has told is forgotten.
package final class ListReader: Sendable, Hashable {
    /// Bytes of such an answer. Nothing of them is kept.
    package static let maximumBody = 512 << 20

    private struct State {
        var splitter = ListSplitter()
        var problem: JSONReader.Problem?
    }

    private let restart: @Sendable () -> Void
    private let take: @Sendable (JSON) -> Void
    private let state = Mutex(State())

    package init(restart: @escaping @Sendable () -> Void, take: @escaping @Sendable (JSON) -> Void) {
        self.restart = restart
        self.take = take
    }

    func begin() {
        state.withLock { $0 = State() }
        restart()
    }

    /// What comes after a part that is no JSON is not looked at.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            guard state.problem == nil else { return }
            do throws(JSONReader.Problem) {
                try state.splitter.feed(bytes) { element throws(JSONReader.Problem) in take(try JSONReader.read(element)) }
            } catch {
                state.problem = error
            }
        }
    }

    /// Why what came is no list; `nil` where it is one.
    func end() -> JSONReader.Problem? {
        state.withLock { state -> JSONReader.Problem? in
            if let problem = state.problem { return problem }
            do throws(JSONReader.Problem) {
                try state.splitter.finish()
                return nil
            } catch {
                return error
            }
        }
    }

    package static func == (left: ListReader, right: ListReader) -> Bool { left === right }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
