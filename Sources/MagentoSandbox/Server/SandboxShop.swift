import Synchronization

/// The stand-in shop: its state, its faults and its journal. Safe to use from anywhere; requests are handled one at a time
/// in memory, delays happen outside the lock.
package final class SandboxShop: Sendable {
    package let journal = Journal()
    package let clock: ShopClock
    private let state: Mutex<ShopState>
    private let plan = Mutex(FaultPlan())
    private let delayed = Mutex<[@Sendable () -> Void]>([])
    private let late = Mutex(LateCommits())
    /// How many seconds the gateway waits for a call that waits for another one of its order.
    private let patience: Int64
    private let pacer: Mutex<CallPacer?>

    /// - Parameter times: how long calls take; `nil`: no longer than they need.
    package init(_ state: ShopState, clock: ShopClock = .system, patience: Int64 = 60, times: CallTimes? = nil) {
        var state = state
        state.catalogue.keepStamps()
        self.state = Mutex(state)
        self.clock = clock
        self.patience = patience
        pacer = Mutex(times.map(CallPacer.init))
    }

    /// From the next call on.
    package func setTimes(_ times: CallTimes?) { pacer.withLock { $0 = times.map(CallPacer.init) } }

    /// Reads or changes the shop's data directly, as its staff would in the admin.
    package func withState<Result: Sendable>(_ body: @Sendable (inout ShopState) -> Result) -> Result {
        let now = clock.seconds()
        return state.withLock { state in
            defer { state.catalogue.stamp(at: now) }
            return body(&state)
        }
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

    /// How many calls have yet to take effect, and at which second of the clock the next one does.
    package var lateCommits: (count: Int, next: Int64?) { late.withLock { ($0.count, $0.next) } }

    /// Lets everything happen whose time has come by the clock. Every call does it first; whoever only looks at the state does it here.
    package func commitLate() {
        for call in late.withLock({ $0.due(at: clock.seconds()) }) { call.commit(call.due) }
    }

    /// Takes one request through its fault, if one strikes.
    package func exchange(_ request: ShopRequest) async -> Delivery {
        guard let pacer = pacer.withLock({ $0 }) else { return await deliver(request) }
        return await pacer.take(request) { await deliver(request) }
    }

    private func deliver(_ request: ShopRequest) async -> Delivery {
        commitLate()
        let open = journal.open(request)
        let fault = plan.withLock { $0.strike(request) }
        if let order = request.changedOrder, let end = late.withLock({ $0.end(of: order) }) {
            // The row of the order is locked by a call that is still at work.
            let rest = end - clock.seconds()
            if fault == nil, rest <= patience, let wait = clock.wait {
                await wait(rest)
                commitLate()
                return answered(handle(request, open), open)
            }
            var (answer, delay): (ShopAnswer?, Int64) = (.gatewayTimeout, 0)
            if case .lateCommit(let given, let after) = fault { (answer, delay) = (given, after) }
            return postponed(request, open, until: end + delay, answer)
        }
        guard let fault else { return answered(handle(request, open), open) }
        switch fault {
        case .lateCommit(let answer, let after): return postponed(request, open, until: clock.seconds() + after, answer)
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
            return answered(Handled(request.refusalOfDeadlock.answer), open)
        }
    }

    private func postponed(_ request: ShopRequest, _ open: Journal.OpenExchange, until due: Int64, _ answer: ShopAnswer?) -> Delivery {
        late.withLock { late in
            late.add(.init(due: due, order: request.changedOrder) { now in _ = self.handle(request, open, at: now) })
        }
        // What takes no time at all is done before anybody looks.
        commitLate()
        guard let answer else { return dropped(open) }
        return answered(Handled(answer), open)
    }

    private func handle(_ request: ShopRequest, _ open: Journal.OpenExchange, at moment: Int64? = nil) -> Handled {
        let now = moment ?? clock.seconds()
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
    /// What the victim of a deadlock is told, which does not name the deadlock.
    fileprivate var refusalOfDeadlock: ShopError {
        if path.hasSuffix("/ship") { return .shipmentNotSaved }
        return path.contains("-price") || path.hasSuffix("/cost") ? .pricesNotSaved : .sourceItemNotSaved
    }

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
