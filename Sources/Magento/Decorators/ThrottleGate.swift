package import Domain

/// When the shop asked one call for a pause, the others keep it too: each of them would only be refused, and a firewall
/// that counts refusals would shut us out for longer (reliability F61).
package actor ThrottleGate: ShopTransport {
    private let next: any ShopTransport
    private let longest: Duration
    private let timeline: Timeline
    /// Nothing is sent before this moment of the forward-only clock.
    private var closedUntil: Duration = .zero

    /// - Parameter longest: a longer pause is left to a later run and closes nothing.
    package init(_ next: any ShopTransport, longest: Duration, timeline: Timeline) {
        self.next = next
        self.longest = longest
        self.timeline = timeline
    }

    package func send(_ call: ShopCall) async -> Answer {
        while closedUntil > timeline.uptime() {
            do { try await timeline.sleep(closedUntil - timeline.uptime()) } catch { break }
        }
        let answer = await next.send(call)
        if case .throttled(let pause?) = answer.refusal?.reason, pause <= longest {
            closedUntil = max(closedUntil, timeline.uptime() + pause)
        }
        return answer
    }
}
