import Domain
import Endpoints
import Engine
import Foundation

extension Assembly {
    /// Lets tests stop the program at every call that leaves it. In a release build this is the endpoint itself.
    func watched(_ endpoint: any Endpoint) -> any Endpoint {
        #if DEBUG
        WatchedEndpoint(endpoint, boundary: boundary)
        #else
        endpoint
        #endif
    }

    func watched(_ source: any DocumentSource) -> any DocumentSource {
        #if DEBUG
        WatchedSource(source, boundary: boundary)
        #else
        source
        #endif
    }

    func watched(_ census: any DocumentCensus) -> any DocumentCensus {
        #if DEBUG
        WatchedCensus(census, boundary: boundary)
        #else
        census
        #endif
    }

    func watched(_ inputs: any PlanCircumstances) -> any PlanCircumstances {
        #if DEBUG
        WatchedCircumstances(inputs, boundary: boundary)
        #else
        inputs
        #endif
    }

    func watched(_ movements: any ShopMovements) -> any ShopMovements {
        #if DEBUG
        WatchedMovements(movements, boundary: boundary)
        #else
        movements
        #endif
    }

    func watched(_ sale: any SaleWatch) -> any SaleWatch {
        #if DEBUG
        WatchedSale(sale, boundary: boundary)
        #else
        sale
        #endif
    }

    func watched(_ book: any NumberBook) -> any NumberBook {
        #if DEBUG
        WatchedNumberBook(book, boundary: boundary)
        #else
        book
        #endif
    }

    func watched(_ applier: any ChangeApplier) -> any ChangeApplier {
        #if DEBUG
        WatchedApplier(applier, boundary: boundary)
        #else
        applier
        #endif
    }
}

extension Boundary {
    /// In a debug build `TALLYMAN_STOP_AT=n` kills the process at its n-th crossing, `TALLYMAN_TERM_AT=n` asks it to end there, and `TALLYMAN_CROSSINGS=file` lists the crossings;
    /// in a release build neither does anything.
    static func fromEnvironment(_ environment: [String: String]) -> Boundary {
        #if DEBUG
        CrossingLog(
            stopAt: environment["TALLYMAN_STOP_AT"].flatMap { Int($0) },
            endAt: environment["TALLYMAN_TERM_AT"].flatMap { Int($0) }, listing: environment["TALLYMAN_CROSSINGS"]
        ).boundary
        #else
        .open
        #endif
    }
}

#if DEBUG
import Synchronization

/// Counts crossings of the process's boundary, for tests that stop it at each of them.
private final class CrossingLog: Sendable {
    private let stopAt: Int?
    private let endAt: Int?
    private let listing: String?
    private let count = Mutex(0)

    init(stopAt: Int?, endAt: Int?, listing: String?) {
        self.stopAt = stopAt
        self.endAt = endAt
        self.listing = listing
    }

    var boundary: Boundary {
        guard stopAt != nil || endAt != nil || listing != nil else { return .open }
        return Boundary { name, moment in self.cross(name, moment) }
    }

    private func cross(_ name: String, _ moment: Boundary.Moment) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        if let listing {
            let file = FileHandle(forWritingAtPath: listing)
            _ = try? file?.seekToEnd()
            try? file?.write(contentsOf: Data("\(number) \(name) \(moment.rawValue)\n".utf8))
        }
        if number == stopAt { kill(getpid(), SIGKILL) }
        if number == endAt { kill(getpid(), SIGTERM) }
    }
}
#endif
