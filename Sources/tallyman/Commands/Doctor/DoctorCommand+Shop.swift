import Domain
import Entities
import Engine
import Magento
import StateStore

/// What `doctor` asks of the shop.
extension DoctorCommand {
    func shopLines(_ assembly: Assembly) async -> [Line] {
        do {
            let entities = assembly.readableFlows.flatMap(\.entities)
            let sources = Set(entities.compactMap { $0 as? StockEntity }.flatMap(\.sources))
            let origin = assembly.settings.root["magento"]?.text("url") ?? ""
            let scope = entities.compactMap(\.priceScope).first
            let expectations = ShopProbe.Expectations(
                origin: origin, currency: scope == nil ? nil : assembly.settings.currency, zone: assembly.settings.timeZone,
                sources: sources, priceScope: scope
            )
            return try await assembly.withShop { client in
                await ShopProbe(client, expecting: expectations, timeline: assembly.timeline).run()
            }.map { finding in
                Line(check: "shop \(finding.check.rawValue)", verdict: finding.verdict.rawValue, text: finding.text, fix: finding.fix)
            }
        } catch {
            return [failed("shop", error)]
        }
    }

    /// The rights of each flow, tried with calls that change nothing; a right that several flows need is tried once.
    func rightLines(_ assembly: Assembly) async -> [Line] {
        do {
            var wanted = try assembly.readableFlows.map { (flow: $0.name, rights: try FlowRights.of($0.name, assembly)) }
            if assembly.settings.service.watch.limits.consumers != nil { wanted.append((flow: "alarms.consumers", rights: [.readQueue])) }
            let all = RightsProbe.Right.allCases.filter { [wanted] right in wanted.contains { $0.rights.contains(right) } }
            let found = try await assembly.withShop { client in await RightsProbe(client).check(all) }
            return wanted.flatMap { flow, rights -> [Line] in
                let own = found.filter { rights.contains($0.right) }
                let wrong = own.filter { $0.verdict == .failed || $0.verdict == .warning }
                let lines = wrong.map {
                    Line(check: "rights \(flow)", verdict: $0.verdict.rawValue, text: "\($0.right.rawValue): \($0.text)", fix: $0.fix)
                }
                guard wrong.allSatisfy({ $0.verdict == .warning }) else { return lines }
                let good = own.filter { $0.verdict != .warning }.map(\.right.rawValue)
                return [Line(check: "rights \(flow)", verdict: "good", text: good.joined(separator: ", "), fix: "")] + lines
            }
        } catch {
            return [failed("rights", error)]
        }
    }

    /// Values of an attribute that is not there, or in no attribute set, are dropped with a 200. `ext_order_id` and the like are columns.
    func attributeLines(_ assembly: Assembly) async -> [Line] {
        var lines: [Line] = []
        for name in assembly.readableFlows.map(\.name) {
            do {
                let flow = try assembly.settings.flow(name)
                let codes = try await assembly.withShop { client in
                    var codes: Set<String> = []
                    for entity in try assembly.entities(of: flow) { codes.formUnion(try await entity.writtenAttributes(client)) }
                    if let customers = try assembly.customerSettings(of: flow) {
                        try await CustomerLookups.checkAttribute(customers, client)
                        codes.insert(customers.attribute)
                    }
                    return codes
                }
                guard !codes.isEmpty else { continue }
                lines.append(Line(check: "attributes \(name)", verdict: "good", text: "kept: \(codes.sorted().joined(separator: ", "))", fix: ""))
            } catch {
                lines.append(failed("attributes \(name)", error))
            }
        }
        return lines
    }

    /// Orders are known by their numbers alone, on the way out and back.
    func numberLines(_ assembly: Assembly) async -> [Line] {
        do {
            let flows = try assembly.readableFlows.map(\.name).filter { try assembly.carriesOrders($0) }
            guard !flows.isEmpty else { return [] }
            let stores = try flows.flatMap { try assembly.orderSettings(of: assembly.settings.flow($0)).stores }
            let trouble = try await assembly.withShop { client in
                try await OrderNumberProbe(client).trouble(now: assembly.timeline.now(), stores: stores)
            }
            guard let trouble else { return [Line(check: "order numbers", verdict: "good", text: "each is used once", fix: "")] }
            return [
                Line(
                    check: "order numbers", verdict: "failed", text: trouble,
                    fix: "give each store view a number prefix of its own in the shop, before orders leave")
            ]
        } catch {
            return [failed("order numbers", error)]
        }
    }

    /// What was sent last stands at its source; whether it can be sold is the shop's index' business.
    func saleLines(_ assembly: Assembly) async -> [Line] {
        do {
            let stock = assembly.readableFlows.flatMap(\.entities).compactMap { $0 as? StockEntity }
            let held = try assembly.ledger().read { reader in
                try reader.sampleKeys(entity: StockEntity.name, size: 20).compactMap {
                    try reader.mirror(entity: StockEntity.name, key: $0)
                }
            }
            guard !stock.isEmpty, !held.isEmpty else { return [] }
            let found = try await assembly.withShop { client in
                var found = SaleSighting()
                for sale in stock.compactMap({ $0.sale(client) }) {
                    let seen = try await sale.look(at: Dictionary(held.map { ($0.key, $0.value) }) { $1 })
                    found.stocked += seen.stocked
                    found.spokenFor += seen.spokenFor
                    found.denied += seen.denied
                }
                return found
            }
            guard let first = found.denied.first else {
                let spoken = found.spokenFor == 0 ? "" : ", \(found.spokenFor) of them held by open orders"
                return [
                    Line(
                        check: "salable", verdict: "good", text: "\(found.stocked) products in stock were looked at, each is on sale\(spoken)",
                        fix: "")
                ]
            }
            return [
                Line(
                    check: "salable", verdict: "warning",
                    text: "\(found.denied.count) of \(found.stocked) products in stock cannot be bought, such as \(Escaped(first.text, limit: 64))",
                    fix: AlarmCode.notOnSale.definition.fix)
            ]
        } catch {
            return [failed("salable", error)]
        }
    }
}

extension Assembly {
    /// The flows whose settings can be read; what is wrong with the others is said by the line of the settings.
    var readableFlows: [(name: String, entities: [any ConfiguredEntity])] {
        settings.flowNames.compactMap { name in
            guard let flow = try? settings.flow(name), let entities = try? entities(of: flow) else { return nil }
            return (name, entities)
        }
    }
}

extension DoctorCommand {
    /// What a flow asks of the shop before its first plan: websites, customer groups, attributes. Nothing is remembered of it.
    func connectionLines(_ assembly: Assembly) async -> [Line] {
        var lines: [Line] = []
        for (name, entities) in assembly.readableFlows where !entities.isEmpty {
            do {
                let ledger = try assembly.ledger()
                let endpoint = try assembly.shopSettings().endpoint
                try await assembly.withShop { client in
                    let shop = ConnectedShop(
                        client: client, endpoint: endpoint, timeline: assembly.timeline,
                        pins: PinMemory(ledger: ledger, flow: name, keeps: .nothing), orders: LedgerOrderBooks(ledger: ledger),
                        secrets: assembly.secrets)
                    for entity in entities {
                        try await entity.proveNames(client)
                        _ = try await entity.connect(shop)
                    }
                }
            } catch {
                lines.append(failed("flow \(name)", error))
            }
        }
        return lines
    }
}
