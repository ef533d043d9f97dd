/// What the books know of orders that have left for the ERP, for those who tell it of cancellations.
package protocol CancellationBooks: Sendable {
    /// The order as the ERP was told last; `nil` where it has not left, or another order of the shop left under its number.
    func toldOrder(_ number: RecordKey, place: Int64, placed: UTCInstant?) throws -> ToldOrder?

    /// The places of orders with a cancellation that is known and has not left.
    func openCancellations() throws -> [Int64]
}

/// An order as the ERP was told last, and what it has been told of its cancellation since.
package struct ToldOrder: Hashable, Sendable {
    /// In the form that the maker of orders gave it.
    package var told: EncodedValue
    /// The file it left in.
    package var file: String
    /// Whether that file has come to stand in the ERP's folder.
    package var isPlaced: Bool
    package var isAnswered: Bool
    package var isRefused: Bool
    package var erpNumber: String?
    /// The ERP cancelled the order by a file of its own, and the shop has it or is about to have it.
    package var isCancelledByERP: Bool
    /// By number, from the first.
    package var cancellations: [ToldCancellation]

    package init(
        told: EncodedValue, file: String, isPlaced: Bool, isAnswered: Bool = false, isRefused: Bool = false, erpNumber: String? = nil,
        isCancelledByERP: Bool = false, cancellations: [ToldCancellation] = []
    ) {
        self.told = told
        self.file = file
        self.isPlaced = isPlaced
        self.isAnswered = isAnswered
        self.isRefused = isRefused
        self.erpNumber = erpNumber
        self.isCancelledByERP = isCancelledByERP
        self.cancellations = cancellations
    }
}

/// One cancellation of an order, as the outbox knows it.
package struct ToldCancellation: Hashable, Sendable {
    package var identity: RecordKey
    /// It has not left yet, or a person has ordered it to leave once more.
    package var isOpen: Bool
    /// What it told the ERP; `nil` where it has not left since the order did.
    package var told: EncodedValue?

    package init(identity: RecordKey, isOpen: Bool, told: EncodedValue? = nil) {
        self.identity = identity
        self.isOpen = isOpen
        self.told = told
    }
}

extension RecordKey {
    /// The name of an order's cancellation: the order's number for the first, `000000123-C2` for the second.
    package func cancellation(_ number: Int) -> RecordKey { number == 1 ? self : RecordKey("\(text)-C\(number)") }
}
