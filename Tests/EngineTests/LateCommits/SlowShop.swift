import Domain
import Magento
import MagentoSandbox
import TestKit

/// The sandbox's shop in this process, on the test's clock, as a way for calls: gateways give up on calls that take effect later.
struct SlowShop: ShopTransport {
    let shop: SandboxShop

    init(_ state: ShopState, clock: ManualTimeline) {
        var state = state
        state.access.adminTokens["t"] = AdminToken(username: "admin", expires: .max)
        let timeline = clock.timeline
        shop = SandboxShop(
            state,
            clock: ShopClock(
                seconds: { timeline.now().milliseconds / 1000 }, wait: { clock.advance(by: .seconds($0)) }))
    }

    func send(_ call: ShopCall) async -> Answer {
        let request = ShopRequest(
            method: call.method.rawValue, target: RequestTarget.of(call, scope: "default", basePath: ""), host: "shop",
            headers: ["authorization": "Bearer t", "content-type": "application/json", "accept": "application/json"], body: call.body ?? [])
        switch await shop.exchange(request) {
        case .answer(let answer), .answerThenClose(let answer):
            let reply = ShopReply(status: answer.status, contentType: answer.contentType, body: answer.body)
            return AnswerClassifier.classify(reply, to: call, now: UTCInstant(seconds: 0))
        case .drop, .cut, .drip: return AnswerClassifier.lost(.lost("closed"), to: call)
        }
    }

    /// What a person does in the admin.
    @discardableResult
    func byHand(_ method: String, _ target: String, _ body: String = "{}") -> ShopAnswer {
        let now = shop.clock.seconds()
        return shop.withState { state in
            state.handle(
                ShopRequest(
                    method: method, target: target, host: "shop",
                    headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8)), now: now
            ).answer
        }
    }

    /// Increment ids of the documents that bear a remark.
    func documents(_ mark: String) -> [String] {
        shop.withState { state in
            state.sales.shipments.filter { $0.comments.contains { $0.text == mark } }.map(\.incrementID)
                + (state.sales.invoices + state.sales.creditMemos).filter { $0.comments.contains { $0.text == mark } }.map(\.incrementID)
        }
    }

    static let empty: ShopState = {
        var state = ShopState.empty
        for sku in ["A", "B"] {
            state.catalogue.add(sku: sku, price: Money(pence: 1000))
            for source in ["main", "north"] { state.sourceItems.upsert(sku: sku, source: source, quantity: Quantity(100), isInStock: true) }
        }
        return state
    }()
}
