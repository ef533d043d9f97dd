import Domain

/// A declared date format (`%d/%m/%Y %H:%M`) and the strict reading of it: the whole value or nothing (reliability F43).
///
/// `%d %m %H` take one or two digits where a separator follows and exactly two otherwise; `%Y` four; `%y` two, meaning
/// 1970 to 2069; `%M %S` two; `%f` one to nine; `%b` an English month's short name; `%z` `Z` or an offset. Anything else
/// stands for itself.
package struct DatePattern: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case literal(UInt8)
        case year, shortYear, month, monthName, day, hour, minute, second, fraction, offset
    }

    let parts: [Part]
    /// As declared.
    package let text: String

    /// `default` is ISO 8601 with or without a time. `nil` where a directive is unknown or stands twice, or the day, month
    /// or year is missing.
    package init?(_ text: String) {
        self.text = text
        guard let parts = Self.parts(of: text == "default" ? "%Y-%m-%dT%H:%M:%S" : text) else { return nil }
        func has(_ part: Part) -> Bool { parts.contains(part) }
        guard has(.day), has(.month) || has(.monthName), has(.year) || has(.shortYear) else { return nil }
        self.parts = parts
    }

    static func parts(of text: String) -> [Part]? {
        let directives: [Character: Part] = [
            "Y": .year, "y": .shortYear, "m": .month, "b": .monthName, "d": .day, "H": .hour, "M": .minute,
            "S": .second,
            "f": .fraction, "z": .offset,
        ]
        var parts: [Part] = []
        var rest = Substring(text)
        while let character = rest.popFirst() {
            guard character == "%" else {
                parts += String(character).utf8.map(Part.literal)
                continue
            }
            guard let letter = rest.popFirst() else { return nil }
            if letter == "%" {
                parts.append(.literal(UInt8(ascii: "%")))
            } else {
                guard let part = directives[letter], !parts.contains(part) else { return nil }
                parts.append(part)
            }
        }
        return parts
    }

    /// Wall-clock fields as read. `offset` is set where the value itself says how far it is from UTC.
    struct Reading {
        var year = 1970
        var month = 0
        var day = 0
        var hour = 0
        var minute = 0
        var second = 0
        var millisecond = 0
        var offset: Int?

        /// Nothing but zeros: how databases and old programs write "no date".
        var isZero: Bool { day == 0 && month == 0 }

        /// `nil` for a date or a time of day that does not exist.
        var wallTime: WallTime? {
            guard let date = CivilDate(year: year, month: month, day: day) else { return nil }
            guard hour < 24, minute < 60, second < 60 else { return nil }
            let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
            return WallTime(milliseconds: seconds * 1000 + Int64(millisecond))
        }
    }

    /// `nil` where the value is not of this form. A time part may be left out only if the pattern has none.
    func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading? {
        var reading = Reading()
        var position = 0
        guard scan(bytes, &position, &reading), position == bytes.count else { return nil }
        return reading
    }

    private func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ reading: inout Reading) -> Bool {
        for index in parts.indices {
            let isFollowedByLiteral: Bool
            if index + 1 < parts.count, case .literal = parts[index + 1] {
                isFollowedByLiteral = true
            } else {
                isFollowedByLiteral = index + 1 == parts.count
            }
            let least = isFollowedByLiteral ? 1 : 2
            switch parts[index] {
            case .literal(let byte):
                guard position < bytes.count, bytes[position] == byte else { return false }
                position += 1
            case .year: guard Self.number(bytes, &position, 4, 4, &reading.year) else { return false }
            case .shortYear:
                guard Self.number(bytes, &position, 2, 2, &reading.year) else { return false }
                reading.year += reading.year >= 70 ? 1900 : 2000
            case .month: guard Self.number(bytes, &position, least, 2, &reading.month) else { return false }
            case .monthName: guard Self.monthName(bytes, &position, &reading.month) else { return false }
            case .day: guard Self.number(bytes, &position, least, 2, &reading.day) else { return false }
            case .hour: guard Self.number(bytes, &position, least, 2, &reading.hour) else { return false }
            case .minute: guard Self.number(bytes, &position, 2, 2, &reading.minute) else { return false }
            case .second: guard Self.number(bytes, &position, 2, 2, &reading.second) else { return false }
            case .fraction:
                let first = position
                var fraction = 0
                guard Self.number(bytes, &position, 1, 9, &fraction) else { return false }
                var digits = position - first
                while digits < 3 { (fraction, digits) = (fraction * 10, digits + 1) }
                while digits > 3 { (fraction, digits) = (fraction / 10, digits - 1) }
                reading.millisecond = fraction
            case .offset: guard Self.offset(bytes, &position, &reading.offset) else { return false }
            }
        }
        return true
    }

    @inline(__always)
    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ position: inout Int,
        _ least: Int,
        _ most: Int,
        _ value: inout Int
    ) -> Bool {
        var count = 0
        value = 0
        while count < most, position < bytes.count, bytes[position] &- 0x30 <= 9 {
            value = value * 10 + Int(bytes[position] &- 0x30)
            position += 1
            count += 1
        }
        return count >= least
    }

    static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .map { Array($0.utf8) }

    private static func monthName(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ month: inout Int)
        -> Bool
    {
        guard position + 3 <= bytes.count else { return false }
        let name = bytes[position..<position + 3].map { $0 | 0x20 }
        guard let index = monthNames.firstIndex(of: name) else { return false }
        month = index + 1
        position += 3
        return true
    }

    private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ offset: inout Int?) -> Bool {
        guard position < bytes.count else { return false }
        let sign = bytes[position]
        position += 1
        if sign == UInt8(ascii: "Z") {
            offset = 0
            return true
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        var hours = 0
        var minutes = 0
        guard number(bytes, &position, 2, 2, &hours), hours <= 14 else { return false }
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") { position += 1 }
        guard number(bytes, &position, 2, 2, &minutes), minutes < 60 else { return false }
        offset = (hours * 3600 + minutes * 60) * (sign == UInt8(ascii: "-") ? -1 : 1)
        return true
    }
}
