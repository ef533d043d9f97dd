import Synchronization

/// The stand-in shop: its state, its faults and its journal. Safe to use from anywhere; requests are handled one at a time
/// in memory, delays happen outside the lock.
package final class SandboxShop: Sendable {
    package let journal = Journal()
    package let clock: ShopClock
    private let state: Mutex<ShopState>
    private let plan = Mutex(FaultPlan())
    private let delayed = Mutex<[@Sendable () -> Void]>([])

    package init(_ state: ShopState, clock: ShopClock = .system) {
        self.state = Mutex(state)
        self.clock = clock
    }

    /// Reads or changes the shop's data directly, as its staff would in the admin.
    package func withState<Result: Sendable>(_ body: @Sendable (inout ShopState) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    package func add(_ rule: FaultRule) { plan.withLock { $0.add(rule) } }
    package func removeFaults() { plan.withLock { $0.removeAll() } }

    /// Lets the effects of all delayed commits happen now, in the order of their arrival.
    package func commitDelayed() {
        let waiting = delayed.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for commit in waiting { commit() }
    }

    /// Takes one request through its fault, if one strikes.
    func exchange(_ request: ShopRequest) async -> Delivery {
        let open = journal.open(request)
        guard let fault = plan.withLock({ $0.strike(request) }) else { return answered(handle(request, open), open) }
        switch fault {
        case .closeBeforeCommit: return dropped(open)
        case .commitThenDrop:
            _ = handle(request, open)
            return dropped(open)
        case .delay(let duration):
            try? await Task.sleep(for: duration)
            return answered(handle(request, open), open)
        case .delayedCommit(let answer):
            delayed.withLock { $0.append { _ = self.handle(request, open) } }
            return answered(Handled(answer), open)
        case .partialCommit(let lines, let answer):
            _ = handle(request.keeping(lines: lines), open)
            return answered(Handled(answer), open)
        case .answer(let answer): return answered(Handled(answer), open)
        case .commitThenAnswer(let answer):
            _ = handle(request, open)
            return answered(Handled(answer), open)
        case .commitThenCut(let bytes):
            let handled = handle(request, open)
            open.note(.dropped)
            return .cut(handled.answer, bytes: bytes)
        case .drip(let pause):
            let handled = handle(request, open)
            open.note(.dropped)
            return .drip(handled.answer, pause: pause)
        case .hugeBody(let bytes):
            var handled = handle(request, open)
            handled.answer.body = Array(repeating: 0x20, count: bytes) + handled.answer.body
            return answered(handled, open)
        case .closeAfterAnswer:
            let handled = handle(request, open)
            open.note(.answered(status: handled.answer.status), caller: handled.caller, refused: handled.refusedResource)
            return .answerThenClose(handled.answer)
        case .deadlock:
            let isPrice = request.path.contains("-price") || request.path.hasSuffix("/cost")
            return answered(Handled((isPrice ? ShopError.pricesNotSaved : .sourceItemNotSaved).answer), open)
        }
    }

    private func handle(_ request: ShopRequest, _ open: Journal.OpenExchange) -> Handled {
        let now = clock.seconds()
        return state.withLock { state in
            let handled = state.handle(request, now: now)
            if !handled.committed.isEmpty { open.note(.committed(handled.committed), caller: handled.caller) }
            return handled
        }
    }

    private func answered(_ handled: Handled, _ open: Journal.OpenExchange) -> Delivery {
        open.note(.answered(status: handled.answer.status), caller: handled.caller, refused: handled.refusedResource)
        return .answer(handled.answer)
    }

    private func dropped(_ open: Journal.OpenExchange) -> Delivery {
        open.note(.dropped)
        return .drop
    }
}

extension ShopRequest {
    /// The same request with only the first lines of its body's list.
    fileprivate func keeping(lines: Int) -> ShopRequest {
        guard case .object(let members)? = try? JSONParser.parse(body) else { return self }
        let cut = members.map { member in
            guard case .array(let elements) = member.value else { return member }
            return JSONValue.Member(member.name, .array(Array(elements.prefix(lines))))
        }
        var request = self
        request.body = JSONWriter.bytes(.object(cut))
        return request
    }
}
