/// Lets at most so many calls through at once, in the order in which they came.
package actor AdmissionTransport: ShopTransport {
    private let next: any ShopTransport
    private let limit: Int
    private var inFlight = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ next: any ShopTransport, limit: Int) {
        self.next = next
        self.limit = max(1, limit)
    }

    package func send(_ call: ShopCall) async -> Answer {
        if inFlight == limit {
            // Whoever leaves hands its place on, so the count stays.
            await withCheckedContinuation { waiting.append($0) }
        } else {
            inFlight += 1
        }
        let answer = await next.send(call)
        if waiting.isEmpty { inFlight -= 1 } else { waiting.removeFirst().resume() }
        return answer
    }
}
