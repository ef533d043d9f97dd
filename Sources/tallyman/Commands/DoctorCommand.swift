import ArgumentParser
import Domain
import Endpoints
import Entities
import Magento
import Reports
import StateStore

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check settings, ledger, endpoints and shop; each failing check says the fix."
    )

    @OptionGroup var common: CommonOptions

    struct Line: Encodable {
        var check: String
        var verdict: String
        var text: String
        var fix: String
    }

    func run() async throws {
        let assembly = try common.assembly()
        var lines = [Line(check: "settings", verdict: "good", text: common.settingsFile, fix: "")]
        lines.append(ledgerLine(assembly))
        lines.append(diskLine(assembly))
        for name in (assembly.settings.root["endpoints"]?.map ?? []).map(\.key) {
            lines.append(await endpointLine(name, assembly))
        }
        lines += mailLines(assembly)
        lines += await shopLines(assembly)
        lines += await rightLines(assembly)
        lines += await attributeLines(assembly)
        lines += await numberLines(assembly)
        lines += await saleLines(assembly)
        if common.json {
            try common.output.json(lines)
        } else {
            common.output.table(["check", "verdict", "found"], lines.map { [$0.check, $0.verdict, $0.text] })
            for line in lines where !line.fix.isEmpty { common.output.line("→ \(line.check): \(line.fix)") }
        }
        if lines.contains(where: { $0.verdict == ShopFinding.Verdict.failed.rawValue }) { throw ExitStatus.failed }
    }

    private func ledgerLine(_ assembly: Assembly) -> Line {
        do {
            let ledger = try assembly.ledger()
            let damage = try ledger.checkIntegrity()
            let unbalanced = try ledger.read { try $0.unbalancedRuns() }
            guard damage.isEmpty, unbalanced.isEmpty else {
                return Line(
                    check: "ledger", verdict: "failed", text: damage.first ?? "runs \(unbalanced) do not balance",
                    fix: "stop all runs and restore the last backup (docs/operations.md)"
                )
            }
            return Line(check: "ledger", verdict: "good", text: "intact, all books balance", fix: "")
        } catch {
            return failed("ledger", error)
        }
    }

    /// SQLite's locks and flushes are only as good as the disk's: a network disk may promise both and keep neither (reliability F85).
    private func diskLine(_ assembly: Assembly) -> Line {
        guard let kind = DiskKind.of(assembly.settings.stateFolder) else {
            return Line(check: "disk", verdict: "skipped", text: "the machine does not say what it is", fix: "")
        }
        guard kind.isRemote else { return Line(check: "disk", verdict: "good", text: kind.name, fix: "") }
        return Line(
            check: "disk", verdict: "failed", text: "\(assembly.settings.stateFolder) is on a network disk (\(kind.name))",
            fix: "move the state folder to a disk of this machine: stop the service, move it, change state in the settings")
    }

    /// Nothing is sent: a doctor that mails somebody is not asked twice.
    private func mailLines(_ assembly: Assembly) -> [Line] {
        do {
            guard try assembly.mail() != nil else {
                return [Line(check: "mail", verdict: "warning", text: "none is set up", fix: "add mail: {…}, so that trouble is told to somebody")]
            }
            let stuck = try assembly.ledger().read { reader in
                try [.refused, .givenUp].flatMap { (state: MailCopy.State) in try reader.mailCopies(in: state) }
            }
            guard let first = stuck.first else {
                return [Line(check: "mail", verdict: "good", text: "set up, nothing stuck; `tallyman mail test ADDRESS` proves the way", fix: "")]
            }
            return [
                Line(
                    check: "mail", verdict: "failed",
                    text: "\(stuck.count) mails were not taken, such as to \(first.recipient): \(first.answer ?? "")",
                    fix: "correct the address or the server, then `tallyman mail retry`")
            ]
        } catch {
            return [failed("mail", error)]
        }
    }

    private func endpointLine(_ name: String, _ assembly: Assembly) async -> Line {
        do {
            let folders = assembly.settings.flowNames.compactMap { flow -> String? in
                guard let node = try? assembly.settings.flow(flow), let place = node["pull"] ?? node["push"],
                    place.text("endpoint") == name
                else { return nil }
                return place.text("folder")
            }
            let counts = try await assembly.endpoint(name).withSession { session in
                try folders.map { folder in
                    var count = 0
                    try session.list(folder: folder) { _ in count += 1 }
                    return "\(folder): \(count) entries"
                }
            }
            return Line(check: "endpoint \(name)", verdict: "good", text: counts.joined(separator: ", "), fix: "")
        } catch {
            return failed("endpoint \(name)", error)
        }
    }

    private func shopLines(_ assembly: Assembly) async -> [Line] {
        do {
            let entities = try assembly.settings.flowNames.flatMap { try assembly.entities(of: assembly.settings.flow($0)) }
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
    private func rightLines(_ assembly: Assembly) async -> [Line] {
        do {
            let wanted = try assembly.settings.flowNames.map { (flow: $0, rights: try FlowRights.of($0, assembly)) }
            let all = RightsProbe.Right.allCases.filter { right in wanted.contains { $0.rights.contains(right) } }
            let found = try await assembly.withShop { client in await RightsProbe(client).check(all) }
            return wanted.flatMap { flow, rights -> [Line] in
                let own = found.filter { rights.contains($0.right) }
                let wrong = own.filter { $0.verdict == .failed }
                guard wrong.isEmpty else {
                    return wrong.map { Line(check: "rights \(flow)", verdict: "failed", text: "\($0.right.rawValue): \($0.text)", fix: $0.fix) }
                }
                return [Line(check: "rights \(flow)", verdict: "good", text: own.map(\.right.rawValue).joined(separator: ", "), fix: "")]
            }
        } catch {
            return [failed("rights", error)]
        }
    }

    /// Values of an attribute that is not there, or in no attribute set, are dropped with a 200. `ext_order_id` and the like are columns.
    private func attributeLines(_ assembly: Assembly) async -> [Line] {
        var lines: [Line] = []
        for name in assembly.settings.flowNames {
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
    private func numberLines(_ assembly: Assembly) async -> [Line] {
        do {
            let flows = try assembly.settings.flowNames.filter { try assembly.carriesOrders($0) }
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
    private func saleLines(_ assembly: Assembly) async -> [Line] {
        do {
            let stock = try assembly.settings.flowNames.flatMap { try assembly.entities(of: assembly.settings.flow($0)) }.compactMap {
                $0 as? StockEntity
            }
            let held = try assembly.ledger().read { reader in
                try reader.sampleKeys(entity: StockEntity.name, size: Self.saleSample).compactMap {
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

    private static let saleSample = 20

    private func failed(_ check: String, _ error: any Error) -> Line {
        let diagnostic = error as? Diagnostic
        return Line(
            check: check, verdict: "failed", text: diagnostic?.summary ?? "\(error)", fix: diagnostic?.fix ?? "see the message"
        )
    }
}
