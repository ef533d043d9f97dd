import Domain

/// Tells the clock of the run at work when a call is under way, with all of its tries and pauses.
struct ClockedTransport: ShopTransport {
    let next: any ShopTransport

    init(_ next: any ShopTransport) { self.next = next }

    func send(_ call: ShopCall) async -> Answer {
        guard let clock = RunClock.current else { return await next.send(call) }
        clock.count(1, writes: call.effect != .read)
        defer { clock.count(-1, writes: call.effect != .read) }
        return await next.send(call)
    }
}
