/// `/__sandbox/…`: what a trainer or a demo does to the shop from outside. Answers only where it was switched on.
enum ControlRoute {
    private static let prefix = "/__sandbox/"

    /// `nil` where the request is not for the control.
    static func answer(_ request: ShopRequest, shop: SandboxShop) -> ShopAnswer? {
        guard request.path.hasPrefix(prefix) else { return nil }
        switch (request.method, String(request.path.dropFirst(prefix.utf8.count))) {
        case ("GET", "journal"): return ShopAnswer(status: 200, json: .array(shop.journal.entries.map(json)))
        case ("POST", "faults"): return addFault(request, shop)
        case ("DELETE", "faults"):
            shop.removeFaults()
            return ShopAnswer(status: 200, json: true)
        case ("POST", "maintenance"): return setMaintenance(request, shop)
        case ("POST", "times"): return setTimes(request, shop)
        case ("POST", "reckon"): return reckon(request)
        case ("POST", "commit-delayed"):
            shop.commitDelayed()
            return ShopAnswer(status: 200, json: true)
        case ("POST", "storefront"): return setStorefront(request, shop)
        case ("POST", "lose-index"): return loseIndex(request, shop)
        case ("POST", "reindex"):
            shop.withState { state in
                state.reindexPrices()
                state.stockIndex.rebuild()
            }
            return ShopAnswer(status: 200, json: true)
        case ("POST", "flush"):
            shop.withState { $0.flushPages() }
            return ShopAnswer(status: 200, json: true)
        case ("POST", "customers"): return addCustomer(request, shop)
        case ("POST", "orders"): return placeOrder(request, shop)
        case ("POST", "invoices"): return invoiceOrder(request, shop)
        case ("POST", "seed"): return seed(request, shop)
        case ("POST", "consumer"):
            let now = shop.clock.seconds()
            shop.withState { state in
                _ = state.runConsumer(now: now)
                state.stockIndex.consume()
            }
            return ShopAnswer(status: 200, json: true)
        default: return ShopAnswer(status: 404, json: ["message": "No such control."])
        }
    }

    /// A shop as `SeedFile` reads it takes the place of the present one, with all its orders and faults.
    private static func seed(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        do {
            let state = try SeedFile.read(request.body)
            shop.withState { $0 = state }
            shop.removeFaults()
            return ShopAnswer(status: 200, json: true)
        } catch {
            return ShopAnswer(status: 400, json: ["message": .string("\(error)")])
        }
    }

    /// `{"order": "000000101"}`: the shop's staff invoice all of an order, as where its money has come in.
    private static func invoiceOrder(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        let now = shop.clock.seconds()
        let number = (try? JSONParser.parse(request.body))?["order"]?.text
        return shop.withState { state -> ShopAnswer in
            guard let order = state.sales.orders.first(where: { $0.incrementID == number }) else {
                return ShopAnswer(status: 404, json: ["message": "No such order."])
            }
            do throws(ShopError) {
                let invoice = try state.invoice(order.id, SettlementRequest(lines: []), now: now)
                return ShopAnswer(status: 200, json: ["increment_id": .string(invoice.incrementID)])
            } catch {
                return error.answer
            }
        }
    }

    /// `{"sku": "BASE-CI", "stock": 2}`: the product's row of the stock index is gone.
    private static func loseIndex(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        guard let body = try? JSONParser.parse(request.body), let sku = body["sku"]?.text, let stock = body["stock"]?.whole else {
            return ShopAnswer(status: 400, json: ["message": "A row of the index has a sku and a stock."])
        }
        shop.withState { $0.stockIndex.lose(sku: sku, stockID: stock) }
        return ShopAnswer(status: 200, json: true)
    }

    /// `{"indexing": "on-schedule", "pages": "kept", "price_scope": "website", "stock_index": "async"}`, each as wanted.
    private static func setStorefront(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        let body = (try? JSONParser.parse(request.body)) ?? .null
        let indexing = body["indexing"]?.text.flatMap(Storefront.Indexing.init)
        let caching = body["pages"]?.text.flatMap(Storefront.PageCaching.init)
        let scope = body["price_scope"]?.text.flatMap(PriceScope.init)
        let strategy = body["stock_index"]?.text.flatMap(StockIndex.Strategy.init)
        shop.withState { state in
            state.storefront.indexing = indexing ?? state.storefront.indexing
            state.storefront.pageCaching = caching ?? state.storefront.pageCaching
            state.priceScope = scope ?? state.priceScope
            state.stockIndex.strategy = strategy ?? state.stockIndex.strategy
        }
        return ShopAnswer(status: 200, json: true)
    }

    /// `{"token": "…", "group": 4}`: a customer of that group is signed in with that token.
    /// `{"email": "…", "password": "…"}`: the customer of that address can sign in.
    private static func addCustomer(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        let body = try? JSONParser.parse(request.body)
        if let token = body?["token"]?.text, let group = body?["group"]?.whole {
            shop.withState { $0.access.customerTokens[token] = group }
        } else if let email = body?["email"]?.text, let password = body?["password"]?.text {
            shop.withState { $0.access.customerPasswords[email.lowercased()] = password }
        } else {
            return ShopAnswer(status: 400, json: ["message": "A customer has a token and a group, or an address and a password."])
        }
        return ShopAnswer(status: 200, json: true)
    }

    /// An order as `OrderSeed` reads it; placed as the storefront would. The answer names it.
    private static func placeOrder(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        let now = shop.clock.seconds()
        let result = shop.withState { state -> ShopAnswer in
            do {
                let body = try JSONParser.parse(request.body)
                let order = try state.place(try OrderSeed.read(body), now: now)
                return ShopAnswer(
                    status: 200, json: ["entity_id": JSONValue(order.id), "increment_id": .string(order.incrementID)])
            } catch let error as ShopError {
                return error.answer
            } catch {
                return ShopAnswer(status: 400, json: ["message": .string("\(error)")])
            }
        }
        return result
    }

    private static func setMaintenance(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        let isOn = (try? JSONParser.parse(request.body))?["on"]?.isTrue ?? false
        shop.withState { $0.isInMaintenance = isOn }
        return ShopAnswer(status: 200, json: .bool(isOn))
    }

    private static func addFault(_ request: ShopRequest, _ shop: SandboxShop) -> ShopAnswer {
        guard let body = try? JSONParser.parse(request.body), let fault = Fault(body) else {
            return ShopAnswer(
                status: 400, json: ["message": .string("kind is one of " + Fault.kinds.joined(separator: ", "))])
        }
        let first = body["from"]?.whole ?? 1
        shop.add(
            FaultRule(
                fault, method: body["method"]?.text, path: body["path"]?.text ?? "", body: body["body"]?.text ?? "",
                hits: first...max(first, body["to"]?.whole ?? Int.max))
        )
        return ShopAnswer(status: 200, json: true)
    }

    private static func json(_ entry: JournalEntry) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("sequence", JSONValue(entry.sequence)), .init("exchange", JSONValue(entry.exchange)),
            .init("method", .string(entry.method)), .init("path", .string(entry.path)),
        ]
        switch entry.event {
        case .arrived: members.append(.init("event", "arrived"))
        case .answered(let status): members += [.init("event", "answered"), .init("status", JSONValue(status))]
        case .dropped: members.append(.init("event", "dropped"))
        case .committed(let items):
            members.append(.init("event", "committed"))
            members.append(.init("items", .array(items.map { ["key": .string($0.key), "value": .string($0.value)] })))
        }
        if let caller = entry.caller { members.append(.init("caller", .string(caller))) }
        return .object(members)
    }
}

extension Fault {
    static let kinds = [
        "close-before-commit", "commit-then-drop", "delay", "delayed-commit", "late-commit", "partial-commit", "deadlock", "html",
        "maintenance", "throttle", "redirect", "truncate", "huge", "status",
    ]

    /// `{"kind": "status", "status": 503, "answer": "…", "path": "source-items", "from": 2, "to": 3}` and its like.
    init?(_ json: JSONValue) {
        let text = json["answer"]?.text ?? ""
        switch json["kind"]?.text {
        case "close-before-commit": self = .closeBeforeCommit
        case "commit-then-drop": self = .commitThenDrop
        case "delay": self = .delay(.milliseconds(json["milliseconds"]?.whole ?? 1000))
        case "delayed-commit": self = .delayedCommit(.gatewayTimeout)
        case "late-commit": self = .lateCommit(json["closes"]?.isTrue == true ? nil : .gatewayTimeout, after: Int64(json["seconds"]?.whole ?? 60))
        case "partial-commit": self = .partialCommit(lines: json["lines"]?.whole ?? 1, .badGateway)
        case "deadlock": self = .deadlock
        case "html": self = .answer(.loginPage)
        case "maintenance": self = .answer(.maintenance)
        case "throttle": self = .answer(.tooManyRequests(retryAfter: json["retry_after"]?.text))
        case "redirect": self = .answer(.redirect(to: text.isEmpty ? "/" : text))
        case "truncate": self = .commitThenCut(bytes: json["bytes"]?.whole ?? 1)
        case "huge": self = .hugeBody(bytes: json["bytes"]?.whole ?? 1 << 20)
        case "status": self = .answer(.json(text, status: json["status"]?.whole ?? 500))
        default: return nil
        }
    }
}
