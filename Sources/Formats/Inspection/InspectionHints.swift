/// What is known of a file besides its beginning. What a person has said goes before what its bytes suggest.
struct InspectionHints {
    enum Header: Hashable {
        case absent
        /// The physical line of the header, from 1.
        case line(Int)
    }

    var encoding: TextEncoding?
    var separator: UInt8?
    var header: Header?
    /// Lines behind the beginning that are not ASCII.
    var witnesses: [UInt8] = []
}
