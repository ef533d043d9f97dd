import Crypto
import Domain
import Endpoints
import Engine
import Entities
import Formats
import Foundation
import Magento
import StateStore

extension Assembly {
    /// The flow, ready to run against the shop behind `client`.
    func flow(_ name: String, _ client: MagentoClient, _ ledger: Ledger) async throws -> Flow {
        let node = try settings.flow(name)
        guard let pullNode = node["pull"] else { throw node.invalid("has no pull", fix: "add pull: {…}") }
        let profile = try profile(of: node)
        let conflicts = SettingConflicts.problems(in: node, of: name, profile)
        guard conflicts.isEmpty else { throw SettingsProblems(problems: conflicts) }
        let endpoint = try endpoint(try pullNode.requiredText("endpoint"), secrets: secrets.secret, ledger: ledger)
        var pull = try Pull(pullNode, endpoint: endpoint)
        pull.selection.rejectsOf = name
        let configured = try entities(of: node, profile)
        let common = try Gates(node["gates"])
        let shop = ConnectedShop(
            client: client, endpoint: try shopSettings().endpoint, timeline: timeline, pins: PinMemory(ledger: ledger, flow: name),
            orders: LedgerOrderBooks(ledger: ledger), secrets: secrets
        )
        var entities: [FlowEntity] = []
        for entity in configured {
            let connected = try await entity.connect(shop)
            entities.append(
                FlowEntity(
                    definition: connected.definition, applier: watched(connected.applier), gates: try entity.gates(common),
                    inspector: connected.inspector, probe: connected.probe, inputs: connected.inputs.map(watched),
                    movements: connected.movements.map(watched), sale: connected.sale.map(watched)
                )
            )
        }
        var flow = Flow(
            name: name, pull: pull, profile: profile, entities: entities,
            mode: try node.choice("mode", default: .full), timeZone: node.text("timezone") ?? settings.timeZone,
            approval: try node.choice("approve", default: .automatic), fingerprint: fingerprint(of: node, profile, configured),
            resendAfter: try shopSettings().resendAfter
        )
        flow.emptyFile = try node.choice("empty_file", default: .error)
        return flow
    }

    /// The entities of a flow, without a shop to apply to.
    func entities(of flow: SettingNode) throws -> [any ConfiguredEntity] {
        flow["push"] == nil ? try entities(of: flow, try profile(of: flow)) : []
    }

    private func entities(of flow: SettingNode, _ profile: Profile) throws -> [any ConfiguredEntity] {
        try EntityCatalogue.kinds.compactMap { kind in
            try flow[kind.name].map { group in
                try kind.init(EntityContext(group: group, flow: flow, profile: profile, settings: settings))
            }
        }
    }

    /// What the options alone cannot check: shop, endpoints, profiles, entities and gates of every flow. No secret is read.
    /// Throws all problems together, one for each place.
    func checkFlows() throws {
        var problems: [Diagnostic] = []
        func check(_ body: () throws -> Void) {
            do {
                try body()
            } catch let several as SettingsProblems {
                problems += several.problems
            } catch {
                problems.append(error as? Diagnostic ?? Diagnostic("SETTINGS-VALUE", "\(error)", fix: "see docs/settings.md"))
            }
        }
        check { if let node = settings.root["magento"] { _ = try MagentoSettings(node, secrets: Self.unread) } }
        for name in (settings.root["endpoints"]?.map ?? []).map(\.key) { check { _ = try endpoint(name, secrets: Self.unread) } }
        for name in settings.flowNames {
            check {
                let flow = try settings.flow(name)
                if flow["push"] != nil { try checkOutbound(flow) }
                if let pull = flow["pull"] {
                    _ = try Pull(pull, endpoint: try endpoint(try pull.requiredText("endpoint"), secrets: Self.unread))
                }
                // What an entity can never do says more than what two places say differently.
                for entity in try entities(of: flow) { _ = try entity.gates(Gates(flow["gates"])) }
                guard flow["push"] == nil, flow["pull"] != nil else { return }
                let conflicts = SettingConflicts.problems(in: flow, of: name, try profile(of: flow))
                guard conflicts.isEmpty else { throw SettingsProblems(problems: conflicts) }
            }
        }
        // A mistake in an endpoint is found again by each flow that uses it.
        var seen: Set<Diagnostic> = []
        problems = problems.filter { seen.insert($0).inserted }
        guard problems.isEmpty else { throw SettingsProblems(problems: problems) }
    }

    /// Stands for a secret whose value plays no part.
    static func unread(_ node: SettingNode) -> Secret { Secret("") }

    /// Every entity that some flow feeds, once, in the catalogue's order.
    func definitions() throws -> [any EntityDefinition] {
        var found: [String: any EntityDefinition] = [:]
        for name in settings.flowNames {
            for entity in try entities(of: settings.flow(name)) { found[entity.definition.name] = entity.definition }
        }
        return EntityCatalogue.names.compactMap { found[$0] }
    }

    /// The fingerprint of a flow as it is set now; `nil` where the settings have it no more, or it reads no files.
    func fingerprint(of name: String) throws -> String? {
        guard settings.flowNames.contains(name) else { return nil }
        let node = try settings.flow(name)
        guard node["push"] == nil else { return nil }
        let profile = try profile(of: node)
        return fingerprint(of: node, profile, try entities(of: node, profile))
    }

    /// Changes with everything that turns the same bytes into other values.
    private func fingerprint(of flow: SettingNode, _ profile: Profile, _ entities: [any ConfiguredEntity]) -> String {
        var text = "\(profile.name) \(profile.version)"
        for entity in entities {
            text += " \(flow[type(of: entity).name].map(Self.canonical) ?? "")"
            if !entity.sideContent.isEmpty { text += Hex.string(SHA256.hash(data: Data(entity.sideContent))) }
        }
        return ContentHash(digest: SHA256.hash(data: Data(text.utf8))).short
    }

    private static func canonical(_ node: SettingNode) -> String {
        switch node.value {
        case .scalar(let text): text
        case .null: "~"
        case .list(let nodes): "[" + nodes.map(canonical).joined(separator: ",") + "]"
        case .map(let pairs):
            "{" + pairs.sorted { $0.key < $1.key }.map { "\($0.key):\(canonical($0.node))" }.joined(separator: ",") + "}"
        }
    }
}
