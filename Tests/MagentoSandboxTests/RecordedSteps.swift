@testable import MagentoSandbox

/// What happened at the live shop between two recordings and was not recorded itself.
enum RecordedSteps {
    static func take(before transcript: Transcript, _ state: inout ShopState) {
        switch transcript.name {
        case "cust-02-duplicate-email": addCustomers(&state)
        case "msi-e5-ship-source-too-low": setMain("WID-45-BLK", 2, &state)
        case "msi-e6-cancel": setMain("WID-45-BLK", 500, &state)
        // Numbers that shipments took which no recording shows.
        case "ship-01-partial-tracks": state.sales.counters.shipment = 9
        // Shipped between invoice and refund.
        case "msi-e10b-refund-no-return": ship(12, &state)
        case "msi-e10d-refund-unshipped": _ = try? state.invoice(13, SettlementRequest(lines: []), now: transcript.time)
        case "async-10-status-done", "async-20b-detailed", "async-21b-detailed", "async-23-bulk-list":
            state.runConsumer(now: transcript.time)
        case "orders-20-post-ext-id": finish(42, now: transcript.time - 4, &state)
        default: break
        }
        // The shop drew its identities; later requests name them.
        if transcript.target.contains("/async/"), let body = try? JSONParser.parse(transcript.answer), let id = body["bulk_uuid"]?.text {
            state.queue.identities = [id]
        }
    }

    /// Seven customers had been created, one of which is recorded.
    private static func addCustomers(_ state: inout ShopState) {
        guard !state.customers.contains(where: { $0.id == 2 }) else { return }
        for number in 1...5 {
            state.customers.append(
                ShopCustomer(id: number + 1, email: "buyer\(number)@example.co.uk", firstName: "First\(number)", lastName: "L", groupID: 4))
        }
        state.sales.counters.customer = max(6, state.sales.counters.customer)
    }

    private static func setMain(_ sku: String, _ quantity: Int64, _ state: inout ShopState) {
        state.sourceItems.upsert(sku: sku, source: "main", quantity: Quantity(quantity), isInStock: true)
    }

    private static func ship(_ id: Int, _ state: inout ShopState) {
        _ = try? state.ship(id, ShipmentRequest(lines: [], source: "main"), now: 1_795_224_700)
    }

    /// Half shipped, invoiced, remarked upon and partly refunded.
    private static func finish(_ id: Int, now: Int64, _ state: inout ShopState) {
        guard let line = state.sales[id]?.lines.first?.id else { return }
        _ = try? state.ship(id, ShipmentRequest(lines: [(line, Quantity(2))], source: "main"), now: now)
        _ = try? state.invoice(id, SettlementRequest(lines: []), now: now)
        try? state.comment(id, "c", status: nil, isNotified: false, isVisible: false, now: now)
        _ = try? state.refund(id, SettlementRequest(lines: [(line, Quantity(1))]), now: now)
    }
}
