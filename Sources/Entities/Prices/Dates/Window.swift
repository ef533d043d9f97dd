package import Domain

/// The time in which a price holds: from an instant on, up to another that is no longer part of it. `nil`: without that end.
package struct Window: Hashable, Sendable {
    package var from: UTCInstant?
    package var to: UTCInstant?

    package static let always = Window()

    package init(from: UTCInstant? = nil, to: UTCInstant? = nil) {
        self.from = from
        self.to = to
    }

    /// Holds at no instant.
    package var isEmpty: Bool {
        guard let from, let to else { return false }
        return to <= from
    }

    package func contains(_ instant: UTCInstant) -> Bool {
        (from.map { $0 <= instant } ?? true) && (to.map { instant < $0 } ?? true)
    }

    /// Whether some instant is in both.
    package func overlaps(_ other: Window) -> Bool {
        guard !isEmpty, !other.isEmpty else { return false }
        let startsInTime = from.flatMap { from in other.to.map { from < $0 } } ?? true
        let endsInTime = other.from.flatMap { from in to.map { from < $0 } } ?? true
        return startsInTime && endsInTime
    }

    /// By their starts; what has none comes first.
    package static func precedes(_ left: Window, _ right: Window) -> Bool {
        switch (left.from, right.from) {
        case (let left?, let right?): left < right
        case (nil, .some): true
        case (_, nil): false
        }
    }
}

extension Window {
    /// `2026-11-01 00:00 to 2026-11-30 24:00`, in the shop's time.
    func description(in zone: ShopZone) -> String {
        switch (from, to) {
        case (nil, nil): "always"
        case (let from?, nil): "from \(zone.text(from))"
        case (nil, let to?): "until \(zone.text(to))"
        case (let from?, let to?): "\(zone.text(from)) until \(zone.text(to))"
        }
    }

    func encode(into bytes: inout [UInt8]) {
        bytes.append((from == nil ? 0 : 1) | (to == nil ? 0 : 2))
        if let from { ByteWriter.signed(from.milliseconds, into: &bytes) }
        if let to { ByteWriter.signed(to.milliseconds, into: &bytes) }
    }

    init(from reader: inout ByteReader) throws {
        let flags = try reader.byte()
        guard flags < 4 else { throw ByteReader.Malformed() }
        from = flags & 1 == 0 ? nil : UTCInstant(milliseconds: try reader.signed())
        to = flags & 2 == 0 ? nil : UTCInstant(milliseconds: try reader.signed())
    }
}
