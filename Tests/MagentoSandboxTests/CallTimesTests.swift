import Testing

@testable import MagentoSandbox

/// The recorded times, played through in no time at all: the machine has no clock of its own.
struct CallTimesTests {
    /// The seconds that calls of these rows take with so many of them in flight.
    private func seconds(_ method: String, _ path: Substring, rows: [Int], inFlight: Int, times: CallTimes = .recorded) -> Double {
        let rule = times.rule(method, path)
        return ShopMachine.seconds(
            rows.map { (seconds: rule.alone.seconds(rows: $0), gain: rule.gain) }, inFlight: inFlight, workers: times.workers)
    }

    struct Figure: Sendable, CustomTestStringConvertible {
        var call: String
        var rows: [Int]
        var inFlight: Int
        /// From the recorded table.
        var recorded: ClosedRange<Double>
        var testDescription: String { "\(call): \(rows.count) of \(rows.first ?? 0), \(inFlight) in flight" }
    }

    private static let stock = "POST /rest/all/V1/inventory/source-items"
    private static let existence = "POST /rest/all/V1/products/base-prices-information"
    private static let prices = "POST /rest/V1/products/base-prices"
    private static let search = "GET /rest/all/V1/products"

    private static let figures = [
        Figure(call: stock, rows: Array(repeating: 500, count: 8), inFlight: 1, recorded: 5.2...5.6),
        Figure(call: stock, rows: Array(repeating: 500, count: 8), inFlight: 2, recorded: 2.0...2.5),
        Figure(call: stock, rows: Array(repeating: 500, count: 8), inFlight: 4, recorded: 2.2...3.0),
        Figure(call: stock, rows: Array(repeating: 1000, count: 4), inFlight: 2, recorded: 1.9...2.2),
        Figure(call: existence, rows: [500], inFlight: 1, recorded: 0.10...0.11),
        Figure(call: existence, rows: [1000], inFlight: 1, recorded: 0.25...0.28),
        Figure(call: existence, rows: [1001], inFlight: 1, recorded: 0.77...0.86),
        Figure(call: existence, rows: [2000], inFlight: 1, recorded: 24.9...25.4),
        Figure(call: existence, rows: Array(repeating: 500, count: 8), inFlight: 2, recorded: 0.40...0.43),
        Figure(call: search, rows: [300], inFlight: 1, recorded: 0.98...1.02),
        Figure(call: search, rows: Array(repeating: 100, count: 8), inFlight: 2, recorded: 1.44...1.63),
        Figure(call: prices, rows: Array(repeating: 500, count: 8), inFlight: 1, recorded: 0.82...0.88),
        Figure(call: prices, rows: Array(repeating: 500, count: 8), inFlight: 2, recorded: 0.42...0.47),
        Figure(call: "POST /rest/V1/products/tier-prices", rows: Array(repeating: 100, count: 5), inFlight: 2, recorded: 2.75...3.77),
        Figure(call: "POST /rest/V1/order/7/invoice", rows: Array(repeating: 1, count: 16), inFlight: 2, recorded: 0.7...0.8),
        Figure(call: "GET /rest/all/V1/inventory/dump-stock-index-data/website/base", rows: [5955], inFlight: 1, recorded: 0.12...0.13),
        Figure(call: "GET /rest/all/V1/orders", rows: [100], inFlight: 1, recorded: 0.70...0.85),
    ]

    /// Finding 9 and finding 11: throughput-2.
    @Test(arguments: figures) func `recorded times give the recorded figures`(_ figure: Figure) {
        let parts = figure.call.split(separator: " ")

        let taken = seconds(String(parts[0]), parts[1], rows: figure.rows, inFlight: figure.inFlight)

        #expect(figure.recorded.contains(taken), "\(taken) s")
    }

    @Test func `one worker takes calls one after the other, however many come at once`() {
        var times = CallTimes.recorded
        times.workers = 1

        let alone = seconds("POST", "/rest/V1/inventory/source-items", rows: [500, 500, 500], inFlight: 1, times: times)
        let together = seconds("POST", "/rest/V1/inventory/source-items", rows: [500, 500, 500], inFlight: 3, times: times)

        #expect(abs(alone - together) < 1e-6)
    }

    @Test func `a call that comes later slows those that are there, and what it does not know takes the shortest time`() {
        let gain = CallTimes.Gain([(1, 1), (2, 1)])
        var machine = ShopMachine()

        let first = machine.begin(1, gain: gain, at: 0)
        let second = machine.begin(1, gain: gain, at: 0.5)
        machine.advance(to: 1.4)
        let early = machine.isDone(first)
        machine.advance(to: 1.5)

        #expect(!early && machine.isDone(first) && !machine.isDone(second))
        #expect(machine.leastWait(second) <= 0.5 + 1e-9)
        machine.advance(to: 2)
        #expect(machine.isDone(second) && machine.inFlight == 0)
        #expect(CallTimes.recorded.rule("GET", "/rest/V1/modules").alone.seconds(rows: 1) == 0.036)
    }

    @Test func `what the stand-in itself needed for an answer is part of the call's time, not on top of it`() {
        let gain = CallTimes.Gain([(1, 1), (2, 2)])
        var machine = ShopMachine()

        // Two seconds for the rows of which 0.1 was known at first; the answer itself took 1.5.
        let known = machine.begin(0.1, gain: gain, at: 0)
        let whole = machine.extend(known, by: 1.9, spent: 1.5, of: 2, gain: gain, at: 1.5)

        #expect(abs(machine.leastWait(whole) - 0.5) < 1e-9)
        let late = machine.begin(0.1, gain: gain, at: 2)
        #expect(machine.leastWait(machine.extend(late, by: 0.4, spent: 3, of: 0.5, gain: gain, at: 5)) == 0)
    }

    @Test func `the control reckons what calls would take, as the bench asks it`() async throws {
        let body =
            #"{"calls":[{"method":"POST","path":"inventory/source-items","rows":1000},{"method":"POST","path":"inventory/source-items","rows":1000}],"in_flight":2}"#

        let answer = ControlRoute.reckon(ShopRequest(method: "POST", target: "/__sandbox/reckon", host: "", headers: [:], body: Array(body.utf8)))

        #expect(answer.status == 200 && answer.text == "0.956")
    }

    @Test func `a server with recorded times keeps a call for its time, and a question for the time of what it finds`() async throws {
        var state = ShopState.empty
        for number in 0..<40 { state.catalogue.add(sku: "P\(number)") }
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        let shop = SandboxShop(state, times: .recorded)
        let clock = ContinuousClock()
        func ask(_ method: String, _ target: String, _ body: String = "") async -> Duration {
            let request = ShopRequest(
                method: method, target: target, host: "127.0.0.1",
                headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8))
            return await clock.measure { _ = await shop.exchange(request) }
        }

        let search = await ask("GET", "/rest/all/V1/products?searchCriteria[pageSize]=40")
        shop.setTimes(nil)
        let atOnce = await ask("GET", "/rest/all/V1/modules")

        // 44 ms for one product and 3.4 for each further one.
        #expect(search >= .milliseconds(170) && atOnce < search)
    }
}
