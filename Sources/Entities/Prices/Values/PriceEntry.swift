package import Domain

/// One price of a product: where it holds, for whom, from which quantity on, and how much.
package struct PriceEntry: Hashable, Sendable {
    package enum Amount: Hashable, Sendable {
        case fixed(ExactDecimal)
        /// Per cent off the base price.
        case discount(ExactDecimal)

        package var number: ExactDecimal {
            switch self {
            case .fixed(let number), .discount(let number): number
            }
        }
    }

    /// What tells a product's prices apart: two entries of one slot cannot both hold.
    package struct Slot: Hashable, Sendable, Comparable {
        package var place: PricePlace
        /// The customer group by its name in the shop; empty for prices that are no group's.
        package var group: String
        package var quantity: ExactDecimal

        package init(place: PricePlace = .everywhere, group: String = "", quantity: ExactDecimal = 1) {
            self.place = place
            self.group = group
            self.quantity = quantity
        }

        package static func < (left: Slot, right: Slot) -> Bool {
            (left.place, left.group, left.quantity) < (right.place, right.group, right.quantity)
        }
    }

    package var slot: Slot
    package var amount: Amount
    /// For prices that the shop itself starts and ends; `always` for all others.
    package var window: Window

    package init(_ slot: Slot, _ amount: Amount, window: Window = .always) {
        self.slot = slot
        self.amount = amount
        self.window = window
    }

    func encode(into bytes: inout [UInt8]) {
        ByteWriter.text(slot.place.name, into: &bytes)
        ByteWriter.text(slot.group, into: &bytes)
        ByteWriter.decimal(slot.quantity, into: &bytes)
        switch amount {
        case .fixed(let number):
            bytes.append(0)
            ByteWriter.decimal(number, into: &bytes)
        case .discount(let number):
            bytes.append(1)
            ByteWriter.decimal(number, into: &bytes)
        }
        window.encode(into: &bytes)
    }

    init(from reader: inout ByteReader) throws {
        slot = Slot(place: PricePlace(try reader.text()), group: try reader.text(), quantity: try reader.decimal())
        switch try reader.byte() {
        case 0: amount = .fixed(try reader.decimal())
        case 1: amount = .discount(try reader.decimal())
        default: throw ByteReader.Malformed()
        }
        window = try Window(from: &reader)
    }
}

extension PriceEntry.Slot: CustomStringConvertible {
    /// `base Trade A from 10`; what is as usual is left out.
    package var description: String {
        var parts: [String] = []
        if place != .everywhere { parts.append(Escaped(place.name).description) }
        if !group.isEmpty { parts.append(Escaped(group).description) }
        if quantity != 1 { parts.append("from \(quantity)") }
        return parts.joined(separator: " ")
    }
}
