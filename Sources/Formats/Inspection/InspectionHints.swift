/// What a person has said about a file: goes before what its bytes suggest.
struct InspectionHints {
    enum Header: Hashable {
        case absent
        /// The physical line of the header, from 1.
        case line(Int)
    }

    var encoding: TextEncoding?
    var separator: UInt8?
    var header: Header?
}
