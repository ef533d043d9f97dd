import Domain
import Magento
import StateStore

/// Which shop and servers a ledger belongs to. A ledger that was copied, or settings that name another shop, change nothing
/// anywhere until a person has confirmed it (reliability F102).
struct Home: Hashable {
    private static let memory = "home"

    /// By what it is: `shop`, `endpoint erp`.
    var places: [String: String]

    init(_ settings: Settings) {
        places = [:]
        if let url = settings.root["magento"]?.text("url"), let shop = ShopEndpoint(url: url) {
            places["shop"] = Self.place(shop.host, shop.origin) + shop.basePath
        }
        places["currency"] = settings.currency
        for (name, node) in settings.root["endpoints"]?.map ?? [] {
            guard let sftp = node["sftp"], let host = sftp.text("host")?.lowercased() else { continue }
            places["endpoint \(name)"] = Self.place(host, "\(host):\(sftp.text("port") ?? "22")")
        }
    }

    private init(places: [String: String]) { self.places = places }

    /// Behind a tunnel on this machine the port says nothing.
    private static func place(_ host: String, _ whole: String) -> String {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") ? host : whole
    }

    static func known(_ reader: LedgerReader) throws -> Home? {
        try reader.memory(flow: "", name: memory).map { text in
            Home(
                places: text.split(separator: "\n").reduce(into: [:]) { places, line in
                    let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
                    if parts.count == 2 { places[parts[0]] = parts[1] }
                })
        }
    }

    func remember(_ writer: LedgerWriter) throws {
        let text = places.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)" }.joined(separator: "\n")
        try writer.remember(flow: "", name: Self.memory, value: text)
    }

    /// What is named otherwise now, in words. What is new or is named no more contradicts nothing.
    func contradictions(to now: Home) -> [String] {
        places.sorted { $0.key < $1.key }.compactMap { what, old in
            now.places[what].flatMap { $0 == old ? nil : "\(what) was \(Escaped(old, limit: 100)), the settings say \(Escaped($0, limit: 100))" }
        }
    }
}

extension Assembly {
    /// Asked before anything is changed. The first time it is written down. Throws `HOME-DIFFERS`.
    func proveHome(_ ledger: Ledger) throws {
        let now = Home(settings)
        let known = try ledger.read { try Home.known($0) }
        guard let known else { return try ledger.write(.home) { try now.remember($0) } }
        let contradictions = known.contradictions(to: now)
        guard let first = contradictions.first else {
            guard Set(known.places.keys) != Set(now.places.keys) else { return }
            return try ledger.write(.home) { try now.remember($0) }
        }
        throw Diagnostic(
            "HOME-DIFFERS", "this ledger belongs elsewhere: \(first)" + (contradictions.count > 1 ? " (and \(contradictions.count - 1) more)" : ""),
            at: settings.root["magento"]?.location,
            fix: "if the settings are wrong, mend them; if shop or server have moved, run `tallyman confirm`. Until then nothing is changed anywhere"
        )
    }
}
