import Domain
import Magento

/// Finds accounts among the shop's customers: by their code first, then by e-mail.
struct AccountFinder {
    enum Finding: Sendable {
        case one(Customer)
        case several(Int)
        /// Has the e-mail, and no account code yet.
        case unlinked(Customer)
        /// Has the e-mail, and is another account.
        case taken(by: String)
        case none
    }

    let client: MagentoClient
    let codeAttribute: String
    let website: Int

    /// Throws `Diagnostic`.
    func find(_ wanted: [(key: RecordKey, email: String?)]) async throws -> [RecordKey: Finding] {
        let byCode = Dictionary(
            grouping: try await client.customers.find(Set(wanted.map(\.key.text)).sorted(), in: .attribute(codeAttribute), website: website)
        ) { fold($0.attributes[codeAttribute] ?? "") }
        let rest = wanted.filter { byCode[fold($0.key.text)] == nil }.compactMap(\.email)
        let byEmail = Dictionary(
            try await client.customers.find(Set(rest).sorted(), in: .email, website: website).map { (fold($0.email), $0) },
            uniquingKeysWith: { first, _ in first })
        var findings: [RecordKey: Finding] = [:]
        for (key, email) in wanted {
            if let customers = byCode[fold(key.text)] {
                findings[key] = customers.count == 1 ? .one(customers[0]) : .several(customers.count)
            } else if let customer = email.flatMap({ byEmail[fold($0)] }) {
                let code = customer.attributes[codeAttribute] ?? ""
                findings[key] = code.isEmpty ? .unlinked(customer) : .taken(by: code)
            } else {
                findings[key] = Finding.none
            }
        }
        return findings
    }

    private func fold(_ text: String) -> [UInt8] { RecordKey.folded(Array(text.utf8)[...]) }
}
