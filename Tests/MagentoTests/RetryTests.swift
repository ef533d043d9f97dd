import Domain
import Synchronization
import TestKit
import Testing

@testable import Magento

/// Answers from a list, the last one for ever.
final class ScriptedTransport: ShopTransport {
    private let answers: [Answer]
    private let count = Mutex(0)

    init(_ answers: [Answer]) { self.answers = answers }

    var sent: Int { count.withLock { $0 } }

    func send(_ call: ShopCall) async -> Answer {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return answers[min(number, answers.count) - 1]
    }
}

struct RetryTests {
    private static let done = Answer.done(Answer.Payload(json: .array([])))
    private static func refused(_ reason: Refusal.Reason, _ kind: FailureKind) -> Answer {
        .notDone(Refusal(reason, kind, message: ""))
    }
    private static func throttled(_ seconds: Int64?) -> Answer {
        let pause = seconds.map { Duration.seconds($0) }
        return refused(.throttled(retryAfter: pause), .throttled(retryAfter: pause))
    }

    private func send(_ script: ScriptedTransport, _ time: ManualTimeline) async -> Answer {
        await RetryingTransport(script, policy: RetryPolicy(), timeline: time.timeline).send(AnswerClassifierTests.save)
    }

    @Test func `F50 what certainly did not happen is tried again after a growing pause`() async {
        let script = ScriptedTransport([Self.refused(.unreachable, .transient), Self.refused(.unreachable, .transient), Self.done])
        let time = ManualTimeline()

        let answer = await send(script, time)

        #expect(answer == Self.done && script.sent == 3)
        #expect(time.slept.count == 2)
        #expect(time.slept[0] >= .milliseconds(500) && time.slept[0] <= .seconds(1))
        #expect(time.slept[1] >= .seconds(1) && time.slept[1] <= .seconds(2))
    }

    @Test func `tries end`() async {
        let script = ScriptedTransport([Self.refused(.unreachable, .transient)])

        _ = await send(script, ManualTimeline())

        #expect(script.sent == RetryPolicy().tries)
    }

    @Test(arguments: [
        Answer.unknown(Refusal(.noAnswer, .ambiguous, message: "")), refused(.invalid, .permanent), refused(.credential, .unauthorised),
        refused(.couldNotSave, .transient), refused(.maintenance, .throttled(retryAfter: nil)),
        refused(.itemLimit(maximum: 20), .permanent),
    ])
    func `F51 F59 F62 an unknown effect, a refused credential and a shop in maintenance are never hammered`(_ answer: Answer) async {
        let script = ScriptedTransport([answer])

        let outcome = await send(script, ManualTimeline())

        #expect(outcome == answer)
        #expect(script.sent == 1)
    }

    @Test(arguments: [1, 7, 120])
    func `F61 a pause that the shop asks for is kept to the second`(_ seconds: Int64) async {
        let script = ScriptedTransport([Self.throttled(seconds), Self.done])
        let time = ManualTimeline()

        let outcome = await send(script, time)

        #expect(outcome == Self.done)
        #expect(time.slept == [.seconds(seconds)])
    }

    @Test func `F61 an absurd pause is not waited for but left to a later run`() async {
        let script = ScriptedTransport([Self.throttled(1_000_000_000)])
        let time = ManualTimeline()

        let answer = await send(script, time)

        #expect(answer.refusal?.kind == .throttled(retryAfter: .seconds(1_000_000_000)))
        #expect(script.sent == 1 && time.slept.isEmpty)
    }

    @Test func `F61 a throttle without a pause backs off by itself`() async {
        let script = ScriptedTransport([Self.throttled(nil), Self.done])
        let time = ManualTimeline()

        let outcome = await send(script, time)

        #expect(outcome == Self.done)
        #expect(time.slept.count == 1)
    }

    @Test func `F61 a pause that one call was asked for is kept by the next call too`() async {
        let script = ScriptedTransport([Self.throttled(30), Self.done])
        let time = ManualTimeline()
        let gate = ThrottleGate(script, longest: .seconds(120), timeline: time.timeline)

        let first = await gate.send(AnswerClassifierTests.save)
        #expect(first == Self.throttled(30) && time.slept.isEmpty)
        let second = await gate.send(AnswerClassifierTests.read)
        _ = await gate.send(AnswerClassifierTests.read)

        #expect(second == Self.done && time.slept == [.seconds(30)])
    }

    @Test func `F61 an absurd pause closes nothing`() async {
        let time = ManualTimeline()
        let gate = ThrottleGate(ScriptedTransport([Self.throttled(1_000_000)]), longest: .seconds(120), timeline: time.timeline)

        for _ in 0..<3 { _ = await gate.send(AnswerClassifierTests.read) }

        #expect(time.slept.isEmpty)
    }

    @Test func `F59 after one refused credential nothing is sent any more`() async {
        let script = ScriptedTransport([Self.refused(.credential, .unauthorised), Self.done])
        let latch = CredentialLatch(script)

        for _ in 0..<5 { _ = await latch.send(AnswerClassifierTests.save) }
        let other = await latch.send(AnswerClassifierTests.read)

        #expect(script.sent == 1)
        #expect(other.refusal?.reason == .credential)
    }

    @Test func `F59 a missing permission shuts its own calls only`() async {
        let script = ScriptedTransport([Self.refused(.permission(resource: "Magento_Sales::ship"), .unauthorised), Self.done])
        let latch = CredentialLatch(script)

        _ = await latch.send(AnswerClassifierTests.save)
        _ = await latch.send(AnswerClassifierTests.save)
        let other = await latch.send(ShopCall(.get, ["modules"], effect: .read, expects: .list))

        #expect(script.sent == 2 && other == Self.done)
    }

    @Test func `at most so many calls are in flight, and none is forgotten`() async {
        let gate = GatedTransport()
        let admission = AdmissionTransport(gate, limit: 3)

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = await admission.send(AnswerClassifierTests.read) } }
        }

        #expect(gate.peak <= 3 && gate.total == 20)
    }
}

/// Counts how many calls are inside at once.
final class GatedTransport: ShopTransport {
    private let state = Mutex((inside: 0, peak: 0, total: 0))

    var peak: Int { state.withLock { $0.peak } }
    var total: Int { state.withLock { $0.total } }

    func send(_ call: ShopCall) async -> Answer {
        state.withLock { state in
            state.inside += 1
            state.total += 1
            state.peak = max(state.peak, state.inside)
        }
        for _ in 0..<10 { await Task.yield() }
        state.withLock { $0.inside -= 1 }
        return .done(Answer.Payload(json: .null))
    }
}
