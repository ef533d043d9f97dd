import Domain

/// How moments are written in one column: pattern, zone, and what to do with the repeated hour.
struct InstantFormat: Sendable {
    enum Fault: Error, Hashable, Sendable {
        case notADate, noSuchDay, gap, overlap
    }

    enum Outcome {
        case instant(UTCInstant)
        /// One of the dates that stand for "none": all zeros, or 30/12/1899 (day zero of spreadsheets and Delphi).
        case sentinel
        case fault(Fault)
    }

    var pattern: DatePattern
    var zone: ZoneRules
    var overlap: ZoneRules.Overlap

    /// Reads the whole of `bytes` (no blanks around).
    func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Outcome {
        guard let reading = pattern.read(bytes) else { return .fault(.notADate) }
        if reading.isZero || (reading.year == 1899 && reading.month == 12 && reading.day == 30) { return .sentinel }
        guard let wall = reading.wallTime else { return .fault(.noSuchDay) }
        if let offset = reading.offset {
            return .instant(UTCInstant(milliseconds: wall.milliseconds - Int64(offset) * 1000))
        }
        switch zone.instant(of: wall, overlap: overlap) {
        case .success(let instant): return .instant(instant)
        case .failure(.gap): return .fault(.gap)
        case .failure(.overlap): return .fault(.overlap)
        }
    }
}
