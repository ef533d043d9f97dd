import Synchronization

/// Makes calls take as long as they took in a recorded shop. A call that changes something takes effect at the end of its time, a question
/// is answered as things stood when it came.
package final class CallPacer: Sendable {
    private let times: CallTimes
    private let machine: Mutex<ShopMachine>
    private let began = ContinuousClock.now

    package init(_ times: CallTimes) {
        self.times = times
        machine = Mutex(ShopMachine(workers: times.workers))
    }

    private var now: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// `answer` does the call, and is given its time around it.
    func take(_ request: ShopRequest, _ answer: () async -> Delivery) async -> Delivery {
        let rule = times.rule(request.method, request.path)
        let came = now
        guard request.isRead else {
            let call = machine.withLock { $0.begin(rule.alone.seconds(rows: request.rows), gain: rule.gain, at: came) }
            await wait(for: call)
            return await answer()
        }
        // How many rows it is about is known from the answer.
        let least = rule.alone.seconds(rows: 0)
        let call = machine.withLock { $0.begin(least, gain: rule.gain, at: came) }
        let delivery = await answer()
        // What this machine needed for the answer is part of the time, and does not come on top of it.
        let (whole, spent) = (rule.alone.seconds(rows: delivery.rows), now - came)
        await wait(for: machine.withLock { $0.extend(call, by: whole - least, spent: spent, of: whole, gain: rule.gain, at: now) })
        return delivery
    }

    private func wait(for call: ShopMachine.Call) async {
        while true {
            let rest = machine.withLock { machine in
                machine.advance(to: now)
                return machine.isDone(call) ? nil : machine.leastWait(call)
            }
            guard let rest else { return }
            // Never longer than it can take at least, so that nobody sleeps beyond the end of the call.
            do { try await Task.sleep(for: .seconds(max(rest, 0.0005))) } catch { return }
        }
    }
}

extension ShopRequest {
    /// The price routes ask by POST.
    var isRead: Bool { method == "GET" || method == "HEAD" || path.hasSuffix("-information") }

    /// Rows of the call's list; each names its SKU.
    var rows: Int {
        let mark = Array("\"sku\"".utf8)
        var count = 0
        var index = body.startIndex
        while let start = body[index...].firstIndex(of: mark[0]) {
            if body[start...].starts(with: mark) { count += 1 }
            index = start + 1
        }
        return max(1, count)
    }
}

extension Delivery {
    /// Rows that the answer tells of.
    var rows: Int {
        switch self {
        case .answer(let answer), .answerThenClose(let answer), .cut(let answer, _), .drip(let answer, _): answer.rows
        case .drop: 0
        }
    }
}
