@testable import MagentoSandbox

/// What happened at the second shop between two recordings and was not recorded as an exchange of its own.
enum SecondShopSteps {
    /// Only the signature is wrong here, and nobody has the secret to make a right one.
    private static let beyondReach: Set<String> = ["dump-06d-are-no-index"]

    /// False where the state cannot be set up.
    static func take(before transcript: Transcript, _ shop: SandboxShop) -> Bool {
        let name = transcript.name
        guard !beyondReach.contains(name) else { return false }
        shop.removeFaults()
        if transcript.status == 504 {
            // The gateway gave up after three seconds, the insert took four and a half; a second call waits for the first before its own.
            shop.add(FaultRule(.lateCommit(.gatewayTimeout, after: name.hasSuffix("second-post") ? 4 : 2), method: "POST"))
        }
        if name.hasPrefix("par-err") { shop.add(FaultRule(.deadlock, method: "POST", path: "/ship")) }
        let time = transcript.time
        shop.withState { state in
            switch name {
            case "custattr-11-attribute":
                state.customerAttributes.insert("rec_acct")
                state.customerAttributesInNoSet = ["rec_acct"]
            case "custattr-21-attribute": state.customerAttributesInNoSet = []
            case "partial-15-order-after-ship": SecondShopOrders.shipRest(339, now: time, &state)
            case "partial-25-order-after-ship": SecondShopOrders.shipRest(340, now: time, &state)
            case "partial-35-order-after-ship": SecondShopOrders.shipRest(341, now: time, &state)
            default: break
            }
        }
        return true
    }
}
