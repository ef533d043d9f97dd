import Domain
import Magento
import MagentoSandbox
import TestKit

@testable import Entities

/// The shop's side of a history in the sandbox: stock is read, decided and written by what the program uses for it.
struct SandboxShelf: ReservationShelf {
    private static let codes = ["LDS", "NCL"]
    private static let definition = StockDefinition(warehouses: .sources(["LDS": "main", "NCL": "north"], ignored: []))

    var trade: ReservationTrade
    let shop: DirectShop
    private let client: MagentoClient
    private let applier: ReservedStockApplier
    private let books = Books()
    private var mirror: EncodedValue?
    private var applied: ReservationTrade.File?
    /// Orders that were closed before the first look are not known; here each has been looked at.
    private let since = UTCInstant(seconds: 1_795_000_000)
    private(set) var writes = 0
    private var clock: Int64 = 1_795_223_000
    /// The shop's own numbers of an order and its row.
    private var numbers: [Int: (order: Int, row: Int)] = [:]

    /// What the ledger would know.
    private final class Books: OrderBooks, Sendable {
        let trade = Locked<ReservationTrade?>(nil)

        func departures(of orders: [RecordKey]) -> [RecordKey: [Departure]] {
            trade.with { trade in
                guard let trade else { return [:] }
                return orders.reduce(into: [:]) { found, key in
                    guard let index = trade.orders.firstIndex(where: { $0.number == key.text }) else { return }
                    let left = trade.departures(index)
                    if !left.isEmpty { found[key] = left }
                }
            }
        }

        func departures(claimed claim: String) -> [Departure] { departures(of: [RecordKey(claim)])[RecordKey(claim)] ?? [] }

        func unposted() -> UnpostedEvents {
            trade.with { trade in
                guard let trade else { return UnpostedEvents() }
                let orders = trade.unposted.map { trade.orders[$0] }
                let whole = orders.filter(\.isPaid).map { order in
                    SalesEvent(number: "A\(order.id)", order: order.number, lines: [.init(sku: "a", quantity: ExactDecimal(order.quantity))])
                }
                return UnpostedEvents(
                    cancelled: Set(orders.filter { !$0.isPaid }.map { RecordKey($0.number) }),
                    credits: (whole + trade.events(of: trade.credits)).map(\.encoded))
            }
        }
    }

    init(seed: UInt64) {
        trade = ReservationTrade(seed: seed)
        var state = ShopState.empty
        state.catalogue.add(sku: "A", price: Money(pence: 1000))
        for (warehouse, source) in ReservationTrade.sources.enumerated() {
            state.sourceItems.upsert(
                sku: "A", source: source, quantity: Quantity(max(0, trade.onHand[warehouse] - trade.other[warehouse])), isInStock: true)
        }
        shop = DirectShop(state)
        client = MagentoClient(transport: shop)
        let sources = ReservationTrade.sources
        let plain = SourceItemsApplier(client: client, sources: sources, timeline: ManualTimeline().timeline)
        applier = ReservedStockApplier(plain, client: client, sources: sources)
    }

    /// Below zero where more is promised than there is, which the API does not show.
    var salable: ExactDecimal {
        shop.withShop { state in
            let held = ReservationTrade.sources.compactMap { state.sourceItems.item(sku: "A", source: $0)?.quantity }
            let sum = (held + state.reservations.map(\.quantity)).reduce(Quantity.zero, +)
            return ExactDecimal(plain: sum.number) ?? .zero
        }
    }

    mutating func live(steps: Int) async throws -> String? {
        for _ in 0..<steps {
            trade.tick()
            happen()
            if trade.pick(7) == 0, let wrong = try await applyNewest() { return wrong }
            if trade.pick(9) == 0, let wrong = try await reconsider() { return wrong }
        }
        return try await rest()
    }

    // MARK: The shop's staff and customers

    /// Whether the shop took it. Each call is a second later than the one before.
    private mutating func post(_ path: String, _ body: String = "{}") -> Bool {
        clock += 1
        let now = clock
        return shop.withShop { state in
            let request = ShopRequest(
                method: "POST", target: "/rest/V1/\(path)", host: "shop",
                headers: ["authorization": "Bearer t", "content-type": "application/json"], body: Array(body.utf8))
            return state.handle(request, now: now).answer.status == 200
        }
    }

    mutating func place() {
        let quantity = 1 + trade.below(4)
        let order = ReservationTrade.Order(id: trade.orders.count + 1, quantity: quantity, isPaid: trade.pick(2) == 0)
        var draft = OrderDraft([.init("A", Quantity(quantity))])
        draft.incrementID = order.number
        clock += 1
        let now = clock
        let placed = shop.withShop { state in (try? state.place(draft, now: now)).map { (order: $0.id, row: $0.lines[0].id) } }
        guard let placed else { return }
        numbers[order.id] = placed
        trade.orders.append(order)
        if order.isPaid { invoice(trade.orders.count - 1, trade.pick(3) == 0 ? 1 + trade.below(quantity) : quantity) }
    }

    mutating func invoice(_ index: Int, _ quantity: Int64) {
        guard let number = numbers[trade.orders[index].id] else { return }
        let body = #"{"capture":false,"items":[{"order_item_id":\#(number.row),"qty":\#(quantity)}]}"#
        if post("order/\(number.order)/invoice", body) { trade.orders[index].invoice(quantity) }
    }

    mutating func ship(_ index: Int, _ quantity: Int64, from warehouse: Int) -> Bool {
        let source = ReservationTrade.sources[warehouse]
        guard let number = numbers[trade.orders[index].id] else { return false }
        let body =
            #"{"items":[{"order_item_id":\#(number.row),"qty":\#(quantity)}],"arguments":{"extension_attributes":{"source_code":"\#(source)"}}}"#
        guard post("order/\(number.order)/ship", body) else { return false }
        trade.orders[index].ship(quantity)
        return true
    }

    mutating func post(all: Bool = false) {
        var left: [ReservationTrade.Despatch] = []
        for despatch in trade.despatches {
            guard all || trade.below(2) > 0 else {
                left.append(despatch)
                continue
            }
            guard despatch.quantity <= trade.orders[despatch.order].open else { continue }
            if !ship(despatch.order, despatch.quantity, from: despatch.warehouse) { left.append(despatch) }
        }
        trade.despatches = left
    }

    mutating func credit(_ index: Int, _ quantity: Int64, isRestocked: Bool) -> Bool {
        guard let number = numbers[trade.orders[index].id] else { return false }
        let restocked = isRestocked ? "\(number.row)" : ""
        let body =
            #"{"items":[{"order_item_id":\#(number.row),"qty":\#(quantity)}],"arguments":{"shipping_amount":0,"extension_attributes":{"return_to_stock_items":[\#(restocked)]}}}"#
        guard post("order/\(number.order)/refund", body) else { return false }
        _ = trade.orders[index].credit(quantity)
        return true
    }

    mutating func cancel(_ index: Int) {
        guard let number = numbers[trade.orders[index].id], post("orders/\(number.order)/cancel") else { return }
        // False where nothing can be cancelled, answered with 200 too.
        if shop.withShop({ $0.sales[number.order]?.lines[0].canceled ?? .zero }) > Quantity(trade.orders[index].canceled) {
            _ = trade.orders[index].cancel()
        }
    }

    // MARK: Stock

    private func look(_ file: ReservationTrade.File) async throws -> ExternalInputs {
        books.trade.with { $0 = trade }
        let inputs = StockCircumstances(client: client, sources: ReservationTrade.sources, rule: trade.rule, books: books)
        let claims = file.claim.map { ["\($0)"] } ?? []
        return try await inputs.look(
            PlanContext(asAt: ReservationTrade.instant(file.asAt), claims: claims, since: since))
    }

    private mutating func applyNewest() async throws -> String? {
        guard let file = trade.files.last, file.asAt >= applied?.asAt ?? 0 else { return nil }
        var interpreter = Self.definition.makeInterpreter(asOf: UTCInstant(seconds: 0))
        let rows = Self.rows(file, &interpreter)
        interpreter.use(try await look(file))
        let group = KeyGroup(key: Array("A".utf8)[...], bytes: rows.bytes, rows: rows.rows[...])
        let verdict = interpreter.decide(group, mirror: mirror?[...], mode: .full)
        applied = file
        writes += 1
        return try await carryOut(verdict, file)
    }

    /// No file came; the last one's figures in the light of now.
    private mutating func reconsider() async throws -> String? {
        guard let file = applied, let mirror else { return nil }
        var interpreter = Self.definition.makeInterpreter(asOf: UTCInstant(seconds: 0))
        interpreter.use(try await look(file))
        guard let verdict = interpreter.decideAgain(RecordKey("A"), mirror: mirror[...]) else { return check(file) }
        return try await carryOut(verdict, file)
    }

    private mutating func carryOut(_ verdict: KeyVerdict, _ file: ReservationTrade.File) async throws -> String? {
        switch verdict.decision {
        case .unchanged: break
        case .rejected(let reason): return "rejected: \(reason)"
        case .refreshed(let value): mirror = value
        case .change(let value):
            // Somebody ships or cancels while the plan is on its way.
            if trade.pick(3) == 0 { trade.pick(2) == 0 ? shipReservedByHand() : callOffByHand() }
            let change = Change(id: 1, key: RecordKey("A"), before: mirror, after: value, version: ReservationTrade.instant(file.asAt))
            switch try await applier.apply([change])[0] {
            case .applied: mirror = value
            case .adjusted(let value, _): mirror = value
            case .rejected(let reason): return "rejected: \(reason)"
            case .overtaken, .deferred: return "not done"
            }
        }
        return check(file)
    }

    private func check(_ file: ReservationTrade.File) -> String? {
        let target = ExactDecimal(trade.target(file))
        return salable == target ? nil : "\(trade.watermark): \(salable) may be sold and \(target) should be, after step \(trade.now)"
    }

    private static func rows(_ file: ReservationTrade.File, _ interpreter: inout any RowInterpreter) -> KeyedRows {
        var batch = RecordBatch(fieldCount: definition.fields.count)
        for warehouse in codes.indices {
            func text(_ text: String) -> RecordBatch.Cell {
                let start = batch.bytes.count
                batch.bytes.append(contentsOf: text.utf8)
                return .text(start..<batch.bytes.count)
            }
            let cells = [
                text("A"), text(codes[warehouse]), .decimal(ExactDecimal(file.onHand[warehouse])),
                .decimal(ExactDecimal(file.allocated[warehouse])),
            ]
            let first = batch.cells.count
            batch.cells += cells + Array(repeating: .absent, count: definition.fields.count - cells.count)
            let origin = RecordOrigin(number: warehouse + 1, line: warehouse + 2, offset: 0, length: 0)
            batch.entries.append(.init(origin: origin, firstCell: first, rowCount: 1, rejection: -1))
        }
        var rows = KeyedRows()
        interpreter.interpret(batch, into: &rows)
        return rows
    }

    private mutating func rest() async throws -> String? {
        trade.tick()
        trade.export()
        trade.takeInSome(all: true)
        trade.answerSome(all: true)
        trade.now += ReservationTrade.lag
        for _ in 0..<2 {
            postCallingOff(all: true)
            postCredits(all: true)
            post(all: true)
            trade.tick()
            trade.write()
            if let wrong = try await applyNewest() { return wrong }
        }
        // What was shipped or cancelled by hand on the way of the last plan is seen by the next look.
        if let wrong = try await reconsider() { return wrong }
        let free = ExactDecimal(trade.files.last?.available.reduce(0, +) ?? 0)
        return salable == free ? nil : "at rest \(salable) may be sold and \(free) are free"
    }
}
