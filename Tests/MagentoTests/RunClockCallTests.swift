import Domain
import TestKit
import Testing

@testable import Magento

/// Calls to the shop count for the run that makes them: questions as asking, everything else as writing.
struct RunClockCallTests {
    private struct Slow: ShopTransport {
        let time: ManualTimeline

        func send(_ call: ShopCall) async -> Answer {
            time.advance(by: .seconds(5))
            return .notDone(Refusal(.unreachable, .transient, message: "gone"))
        }
    }

    @Test func `a question counts as asking and a save as writing, also where they are refused, and outside a run nothing is counted`() async throws {
        let time = ManualTimeline()
        let client = MagentoClient(transport: Slow(time: time))
        let clock = RunClock(run: 1, time.timeline)

        _ = try? await client.stores.websites()
        await RunClock.$current.withValue(clock) {
            _ = try? await client.stores.websites()
            _ = await client.sourceItems.save([SourceItem(sku: "A", source: "main", quantity: .zero, isInStock: false)])
        }

        let spent = clock.take()
        let five: Duration = .seconds(5)
        #expect(spent[.planning] == five && spent[.asking] == five && spent[.writing] == five, "\(spent)")
    }
}
