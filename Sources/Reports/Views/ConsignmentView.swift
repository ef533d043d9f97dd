import Domain
package import StateStore

/// The JSON form of a consignment.
package struct ConsignmentView: Encodable {
    package struct Order: Encodable {
        package var order: String
        package var position: Int
        package var total: String
        package var again: Bool
        package var acknowledged: String?
        package var erpNumber: String?
        package var refusal: String?

        package init(_ document: ConsignedDocument) {
            order = document.identity.description
            position = document.position
            total = document.total.description
            again = document.isResent
            acknowledged = document.acknowledged.map { "\($0)" }
            erpNumber = document.erpNumber
            refusal = document.refusal
        }
    }

    package var consignment: Int64
    package var flow: String
    package var run: Int64
    package var sequence: Int64
    package var file: String
    package var sha256: String
    package var bytes: Int64
    package var documents: Int
    package var state: String
    package var placed: String?
    package var due: String?
    package var acknowledged: String?
    package var orders: [Order]?

    package init(_ consignment: Consignment) {
        self.consignment = consignment.id
        flow = consignment.flow
        run = consignment.run
        sequence = consignment.sequence
        file = consignment.name
        sha256 = consignment.hash.hex
        bytes = consignment.size
        documents = consignment.documents
        state = consignment.state.word
        placed = consignment.placed.map { "\($0)" }
        due = consignment.due.map { "\($0)" }
        acknowledged = consignment.acknowledged.map { "\($0)" }
    }
}
