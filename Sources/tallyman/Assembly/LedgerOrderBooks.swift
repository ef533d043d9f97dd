import Domain
import Entities
import StateStore

/// What the ledger knows of the orders that have left, for stock.
struct LedgerOrderBooks: OrderBooks {
    let ledger: Ledger

    func departures(of orders: [RecordKey]) throws -> [RecordKey: [Departure]] { try ledger.read { try $0.departures(of: orders) } }

    func departures(claimed claim: String) throws -> [Departure] { try ledger.read { try $0.departures(claimed: claim) } }

    func place(of order: String) throws -> Int64? { try ledger.read { try $0.outboxDocuments(identity: RecordKey(order)).first?.place } }

    func number(ofReference reference: String) throws -> String? { try ledger.read { try $0.outboxIdentity(reference: reference)?.text } }

    func unposted() throws -> UnpostedEvents {
        let (cancellations, credits) = (SalesEventKind.cancellations.rawValue, SalesEventKind.credits.rawValue)
        return try ledger.read { reader in
            let planned = try reader.unsettledChanges(entity: cancellations).map(\.key)
            return UnpostedEvents(
                cancelled: Set(planned + (try reader.openErrorKeys(entity: cancellations))),
                credits: try reader.unsettledChanges(entity: credits).map(\.value))
        }
    }
}
