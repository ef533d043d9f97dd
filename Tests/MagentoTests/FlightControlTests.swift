import Domain
import Magento
import MagentoSandbox
import Testing

/// The number of calls in flight finds its way by itself. Shops are played without a clock: their times are recorded ones or made of them.
struct FlightControlTests {
    /// A shop, and what it refuses.
    struct Shop: Sendable, CustomTestStringConvertible {
        var name: String
        var gain: CallTimes.Gain
        /// Seconds of a call that is alone.
        var alone: Double
        /// From so many calls in flight on one is refused.
        var refusesAbove = Int.max
        /// How long whoever is refused waits before it comes again.
        var pause = 1.0
        var testDescription: String { name }
    }

    private static let shops = [
        Shop(name: "two cores, as recorded", gain: CallTimes.recorded.rule("POST", "/V1/inventory/source-items").gain, alone: 1.195),
        Shop(name: "fast: sixteen cores", gain: .init([(1, 1), (4, 3.9), (16, 12)]), alone: 0.2),
        Shop(name: "slow: one core, and a little waiting", gain: .init([(1, 1), (2, 1.1), (4, 1.1), (16, 1.0)]), alone: 8),
        Shop(name: "limited by 429 to three calls", gain: .init([(1, 1), (4, 3.6)]), alone: 0.3, refusesAbove: 3),
        Shop(name: "deadlocking with more than two", gain: .init([(1, 1), (2, 1.9), (4, 2.5)]), alone: 0.5, refusesAbove: 2, pause: 0.2),
        Shop(name: "one worker", gain: .init([(1, 1), (2, 1), (4, 1), (16, 1)]), alone: 0.7),
    ]

    private struct Outcome {
        var seconds: Double
        var refused: Int
    }

    /// Sends so many calls of 1,000 rows, as many at one time as `inFlight` says just then.
    private static func send(
        _ calls: Int, to shop: Shop, inFlight: () -> Int, begin: () -> FlightControl.Flight? = { nil },
        end: (FlightControl.Flight?, Int, Duration) -> Void = { _, _, _ in }, refused: () -> Void = {}
    ) -> Outcome {
        struct Open {
            var call: ShopMachine.Call
            var began: Double
            var flight: FlightControl.Flight?
        }
        var machine = ShopMachine()
        var open: [Open] = []
        // Refused ones wait and are still in flight for whoever sends.
        var waiting: [(until: Double, flight: FlightControl.Flight?)] = []
        var (time, left, refusals) = (0.0, calls, 0)
        while left > 0 || !open.isEmpty || !waiting.isEmpty {
            while left > 0, open.count + waiting.count < inFlight() {
                left -= 1
                let flight = begin()
                if open.count >= shop.refusesAbove {
                    refusals += 1
                    refused()
                    waiting.append((time + shop.pause, flight))
                } else {
                    open.append(Open(call: machine.begin(shop.alone, gain: shop.gain, at: time), began: time, flight: flight))
                }
            }
            time = min(machine.nextEnd ?? .infinity, waiting.map(\.until).min() ?? .infinity)
            machine.advance(to: time)
            for done in open where machine.isDone(done.call) { end(done.flight, 1000, .seconds(time - done.began)) }
            open.removeAll { machine.isDone($0.call) }
            for back in waiting where back.until <= time {
                if open.count >= shop.refusesAbove {
                    refusals += 1
                    refused()
                    waiting.append((time + shop.pause, back.flight))
                } else {
                    open.append(Open(call: machine.begin(shop.alone, gain: shop.gain, at: time), began: time, flight: back.flight))
                }
            }
            waiting.removeAll { $0.until <= time }
        }
        return Outcome(seconds: time, refused: refusals)
    }

    private static func sendByItself(_ calls: Int, to shop: Shop, maximum: Int) -> Outcome {
        let control = FlightControl(.init(maximum: maximum))
        return send(
            calls, to: shop, inFlight: { control.calls }, begin: { control.begin() },
            end: { flight, rows, took in if let flight { control.end(flight, rows: rows, took: took) } }, refused: { control.noteBusy() })
    }

    @Test(arguments: shops, [4, 8])
    func `never slower than the best fixed number by more than 5 per cent, with at most 1 per cent refused`(_ shop: Shop, _ maximum: Int) {
        let calls = 1000
        let fixed = (1...maximum).map { number in Self.send(calls, to: shop, inFlight: { number }) }
        let best = fixed.map(\.seconds).min() ?? 0

        let own = Self.sendByItself(calls, to: shop, maximum: maximum)

        #expect(own.seconds <= best * 1.05, "\(own.seconds) s, the best fixed \(best) s of \(fixed.map { Int($0.seconds) })")
        #expect(own.refused <= calls / 100, "\(own.refused) refused")
    }

    @Test func `a short job on the recorded shop is within a tenth of the best fixed number`() {
        let best = (1...4).map { number in Self.send(12, to: Self.shops[0], inFlight: { number }).seconds }.min() ?? 0

        let own = Self.sendByItself(12, to: Self.shops[0], maximum: 4)

        #expect(own.seconds <= best * 1.1, "\(own.seconds) s, the best fixed \(best) s")
    }

    @Test func `F61 a refusal halves the number, several of one moment count once, and it comes back one by one`() {
        let control = FlightControl(.init(maximum: 8))
        func answer(_ count: Int) {
            for _ in 0..<count {
                let flights = (0..<control.calls).map { _ in control.begin() }
                for flight in flights { control.end(flight, rows: 100, took: .milliseconds(100)) }
            }
        }
        answer(40)
        let before = control.calls
        let flights = (0..<before).map { _ in control.begin() }
        for _ in flights { control.noteBusy() }
        let after = control.calls
        for flight in flights { control.end(flight, rows: 0, took: .milliseconds(10)) }
        answer(8)

        #expect(before == 8 && after == 4)
        #expect(control.calls > 4 && control.calls < 8)
    }

    @Test func `whatever the shop bears, the bound of the moment holds`() {
        let isTrading = Toggle()
        let pace = ShopPace(concurrency: 6) { Pace.byCalendar.bound(6, isTrading: isTrading.isOn) }
        let control = pace.control("inventory/source-items")
        for _ in 0..<60 {
            let flights = (0..<control.calls).map { _ in control.begin() }
            for flight in flights { control.end(flight, rows: 100, took: .milliseconds(100)) }
        }
        let atNight = control.calls
        isTrading.turn()

        #expect(atNight == 6 && control.calls == 3)
        #expect(pace.control("inventory/source-items") === control && pace.control("products/cost") !== control)
        #expect(Pace.gentle.bound(1, isTrading: false) == 1 && Pace.full.bound(5, isTrading: true) == 5)
    }
}

private final class Toggle: @unchecked Sendable {
    private(set) var isOn = false
    func turn() { isOn.toggle() }
}
