package import Domain
import Foundation

/// A file name with places: `ORD_{batch}.csv`, `{name}.ack`.
package struct ConsignmentName: Hashable, Sendable, CustomStringConvertible {
    /// What may stand in braces.
    package enum Place: String, Sendable, CaseIterable {
        /// The consignment's number with leading zeros to six digits.
        case batch
        /// The number as it is.
        case sequence
        /// `20261121`, in the ERP's time zone.
        case date
        /// `060503`.
        case time
        /// The first document's number, with everything but letters, digits and `-` as `-`.
        case document
        /// The consignment's own file name; for names of other files about it.
        case name
        /// The same without its extension.
        case stem
    }

    private enum Part: Hashable { case literal(String), place(Place) }

    private let parts: [Part]
    package let description: String

    /// `nil` where a brace is open or a word in braces is unknown, or a literal could lead into another folder.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let open = rest.firstIndex(of: "{") else {
                parts.append(.literal(String(rest)))
                break
            }
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}"),
                let place = Place(rawValue: String(rest[rest.index(after: open)..<close]))
            else { return nil }
            parts.append(.place(place))
            rest = rest[rest.index(after: close)...]
        }
        guard !parts.isEmpty, !text.contains("/"), !text.contains("\\"), !text.utf8.contains(0) else { return nil }
        self.parts = parts
        description = text
    }

    /// Whether two consignments of a flow can never have the same name, also where letter case does not count.
    package var isUnique: Bool { parts.contains(.place(.batch)) || parts.contains(.place(.sequence)) }

    /// Whether it says which consignment it is about.
    package var isDerived: Bool { parts.contains(.place(.name)) || parts.contains(.place(.stem)) }

    /// The name of a consignment.
    package func text(sequence: Int64, created: UTCInstant, zone: String, document: RecordKey?) -> String {
        let offset =
            TimeZone(identifier: zone)?.secondsFromGMT(
                for: Date(timeIntervalSince1970: Double(created.milliseconds) / 1000)) ?? 0
        let local = UTCInstant(milliseconds: created.milliseconds + Int64(offset) * 1000).description.filter(\.isNumber)
        return fill { place in
            switch place {
            case .batch: String(repeating: "0", count: max(0, 6 - String(sequence).count)) + String(sequence)
            case .sequence: String(sequence)
            case .date: String(local.prefix(8))
            case .time: String(local.dropFirst(8).prefix(6))
            case .document: Self.plain(document)
            case .name, .stem: ""
            }
        }
    }

    /// The name of a file about a consignment.
    package func text(about name: String) -> String {
        fill { place in
            switch place {
            case .name: name
            case .stem: name.lastIndex(of: ".").map { $0 > name.startIndex ? String(name[..<$0]) : name } ?? name
            case .batch, .sequence, .date, .time, .document: ""
            }
        }
    }

    private func fill(_ value: (Place) -> String) -> String {
        parts.map { part in
            switch part {
            case .literal(let text): text
            case .place(let place): value(place)
            }
        }.joined()
    }

    private static func plain(_ document: RecordKey?) -> String {
        let bytes = (document?.bytes ?? []).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): byte
            default: UInt8(ascii: "-")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
