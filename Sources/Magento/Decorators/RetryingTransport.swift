package import Domain

/// Tries again what was certainly not done, after a pause that grows. An unknown effect is passed on untouched.
package struct RetryingTransport: ShopTransport {
    private let next: any ShopTransport
    private let policy: RetryPolicy
    private let timeline: Timeline

    package init(_ next: any ShopTransport, policy: RetryPolicy, timeline: Timeline) {
        self.next = next
        self.policy = policy
        self.timeline = timeline
    }

    package func send(_ call: ShopCall) async -> Answer {
        var number = 1
        while true {
            let answer = await next.send(call)
            if case .unknown = answer, call.effect == .absolute { LateEffects.current?.note() }
            number += 1
            let jitter = Double(timeline.randomBytes(1).first ?? 0) / 255
            guard case .notDone(let refusal) = answer,
                let pause = policy.pause(before: number, after: refusal, jitter: jitter)
            else { return answer }
            do { try await timeline.sleep(pause) } catch { return answer }
        }
    }
}
