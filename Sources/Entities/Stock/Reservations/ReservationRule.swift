package import Domain

/// Which orders the ERP's figures include already, by the watermark that the ERP gives.
///
/// The safe side is "not included": the order is then subtracted twice for a while, and nothing is sold that is not there
/// (reliability C4).
package struct ReservationRule: Hashable, Sendable {
    package enum Watermark: Hashable, Sendable {
        /// The ERP had answered for the order so long before the moment of the figures.
        case acknowledged(margin: Duration)
        /// The file says up to which order, or which file of orders, the ERP has read.
        case importedUpTo
        /// The ERP reads what stands in its folder within this time.
        case lag(Duration)
    }

    /// Which store views' orders count. A shop with several stocks reserves per stock.
    package enum Stores: Hashable, Sendable {
        case all
        case some([Int])
        /// Those that sell from a stock of the flow's sources, as the shop has it.
        case ofSources
    }

    package var watermark: Watermark
    package var stores: Stores

    package init(_ watermark: Watermark, stores: Stores = .all) {
        self.watermark = watermark
        self.stores = stores
    }

    /// - Parameters:
    ///   - departures: How the order has left; it may have been sent again.
    ///   - asAt: Of what moment the figures are.
    ///   - claims: Per claim of the file, what it stands for. The order must be within each of them.
    package func includes(_ departures: [Departure], asAt: UTCInstant, claims: [[Departure]]) -> Bool {
        absence(departures, asAt: asAt, claims: claims) == nil
    }

    /// Why the figures do not include the order; `nil` where they do. Of several departures the one that came furthest tells.
    package func absence(_ departures: [Departure], asAt: UTCInstant, claims: [[Departure]]) -> OrderAbsence? {
        var furthest = OrderAbsence.unsent
        for departure in departures {
            guard let absence = absence(departure, asAt: asAt, claims: claims) else { return nil }
            furthest = max(furthest, absence)
        }
        return furthest
    }

    private func absence(_ departure: Departure, asAt: UTCInstant, claims: [[Departure]]) -> OrderAbsence? {
        guard !departure.isRefused else { return .refused }
        switch watermark {
        case .acknowledged(let margin):
            guard let acknowledged = departure.acknowledged else { return departure.placed == nil ? .unsent : .unanswered }
            return acknowledged.adding(margin) <= asAt ? nil : .later
        case .lag(let lag):
            guard let placed = departure.placed else { return .unsent }
            return placed.adding(lag) <= asAt ? nil : .later
        case .importedUpTo:
            guard departure.placed != nil else { return .unsent }
            let isRead = !claims.isEmpty && claims.allSatisfy { ends in ends.contains { departure.isRead(byThe: $0) } }
            return isRead ? nil : .unread
        }
    }
}

extension Departure {
    /// The ERP reads files by their numbers and each from its beginning, so what it has read is told by where it stopped, and not
    /// by which order has the higher number: an order that waited for its payment leaves behind younger ones.
    fileprivate func isRead(byThe end: Departure) -> Bool {
        flow == end.flow && (sequence, position) <= (end.sequence, end.position)
    }
}
