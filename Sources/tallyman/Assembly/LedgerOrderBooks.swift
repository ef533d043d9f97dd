import Domain
import Entities
import StateStore

/// What the ledger knows of the orders that have left, for stock.
struct LedgerOrderBooks: OrderBooks {
    let ledger: Ledger

    func departures(of orders: [RecordKey]) throws -> [RecordKey: [Departure]] {
        try ledger.read { try $0.departures(of: orders, entity: OrderMaker.name) }
    }

    func departures(claimed claim: String) throws -> [Departure] {
        try ledger.read { try $0.departures(claimed: claim, entity: OrderMaker.name) }
    }

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

/// What the ledger knows of orders that one flow has carried out of the shop, for the flow of their cancellations.
struct LedgerCancellationBooks: CancellationBooks {
    let ledger: Ledger
    /// The flow of orders.
    let orders: String
    /// The flow of their cancellations.
    let cancellations: String

    func toldOrder(_ number: RecordKey, place: Int64, placed: UTCInstant?) throws -> ToldOrder? {
        try ledger.read { reader in
            try reader.toldOrder(
                number, place: place, placed: placed, flow: orders, cancellations: cancellations,
                callingOff: SalesEventKind.cancellations.rawValue)
        }
    }

    func openCancellations() throws -> [Int64] { try ledger.read { try $0.openPlaces(flow: cancellations) } }
}
