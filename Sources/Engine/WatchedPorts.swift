package import Domain
package import Endpoints

/// An endpoint whose every call crosses a `Boundary`.
package struct WatchedEndpoint: Endpoint {
    private let wrapped: any Endpoint
    private let boundary: Boundary

    package init(_ wrapped: any Endpoint, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package var name: String { wrapped.name }
    package var sessionLimit: Int { wrapped.sessionLimit }

    package func withSession<Result: Sendable>(
        _ body: @escaping @Sendable (any EndpointSession) throws -> Result
    ) async throws -> Result {
        let boundary = boundary
        return try await wrapped.withSession { try body(WatchedSession(wrapped: $0, boundary: boundary)) }
    }
}

private struct WatchedSession: EndpointSession {
    let wrapped: any EndpointSession
    let boundary: Boundary

    var capabilities: EndpointCapabilities { wrapped.capabilities }

    func list(folder: String, _ visit: (RemoteFile) throws -> Void) throws {
        try boundary.around("endpoint.list") { try wrapped.list(folder: folder, visit) }
    }

    func stat(_ path: RemotePath) throws -> RemoteFile? {
        try boundary.around("endpoint.stat") { try wrapped.stat(path) }
    }

    func read(
        _ path: RemotePath, accept: (RemoteFile) throws -> Void, _ chunk: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> RemoteFile? {
        try boundary.around("endpoint.read") { try wrapped.read(path, accept: accept, chunk) }
    }

    func put(_ path: RemotePath, _ bytes: UnsafeRawBufferPointer) throws {
        try boundary.around("endpoint.put") { try wrapped.put(path, bytes) }
    }

    func rename(_ path: RemotePath, to target: RemotePath) throws {
        try boundary.around("endpoint.rename") { try wrapped.rename(path, to: target) }
    }

    func replace(_ path: RemotePath, with source: RemotePath) throws {
        try boundary.around("endpoint.replace") { try wrapped.replace(path, with: source) }
    }

    func remove(_ path: RemotePath) throws {
        try boundary.around("endpoint.remove") { try wrapped.remove(path) }
    }

    func makeFolder(_ folder: String) throws {
        try boundary.around("endpoint.make-folder") { try wrapped.makeFolder(folder) }
    }
}

/// A look at what is on sale whose every call crosses a `Boundary`.
package struct WatchedSale: SaleWatch {
    private let wrapped: any SaleWatch
    private let boundary: Boundary

    package init(_ wrapped: any SaleWatch, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func begin(keys: Int, of total: Int) async throws {
        try await boundary.around("shop.sale-begin") { try await wrapped.begin(keys: keys, of: total) }
    }

    package func look(at held: [RecordKey: EncodedValue]) async throws -> SaleSighting {
        try await boundary.around("shop.sale") { try await wrapped.look(at: held) }
    }

    package func oversold() async throws -> [RecordKey: ExactDecimal] {
        try await boundary.around("shop.oversold") { try await wrapped.oversold() }
    }

    package func strayReservations() async throws -> [RecordKey: ExactDecimal]? {
        try await boundary.around("shop.stray-reservations") { try await wrapped.strayReservations() }
    }

    package func renew(_ keys: [RecordKey]) async throws { try await boundary.around("shop.renew") { try await wrapped.renew(keys) } }
}

/// A source of documents whose every call crosses a `Boundary`.
package struct WatchedSource: DocumentSource {
    private let wrapped: any DocumentSource
    private let boundary: Boundary

    package init(_ wrapped: any DocumentSource, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func sweep(since: UTCInstant?, _ visit: ([DocumentSighting]) async throws -> Void) async throws -> UTCInstant? {
        try await boundary.around("shop.sweep") { try await wrapped.sweep(since: since, visit) }
    }

    package func fetch(_ places: [Int64]) async throws -> [OutboundDocument] {
        try await boundary.around("shop.fetch") { try await wrapped.fetch(places) }
    }
}

/// A count whose every call crosses a `Boundary`.
package struct WatchedCensus: DocumentCensus {
    private let wrapped: any DocumentCensus
    private let boundary: Boundary

    package init(_ wrapped: any DocumentCensus, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func census(
        from: UTCInstant, to: UTCInstant, _ visit: ([CountedDocument]) async throws -> Void
    ) async throws {
        try await boundary.around("shop.census") { try await wrapped.census(from: from, to: to, visit) }
    }
}

/// A book of numbers whose every call crosses a `Boundary`.
package struct WatchedNumberBook: NumberBook {
    private let wrapped: any NumberBook
    private let boundary: Boundary

    package init(_ wrapped: any NumberBook, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func enter(_ documents: [NumberedDocument]) async throws -> [NumberEntry] {
        try await boundary.around("shop.enter-numbers") { try await wrapped.enter(documents) }
    }
}

/// An applier whose every call crosses a `Boundary`. A crossing that throws is an answer that never came.
package struct WatchedApplier: ChangeApplier {
    private let wrapped: any ChangeApplier
    private let boundary: Boundary

    package init(_ wrapped: any ChangeApplier, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package var batchSize: Int { get async { await wrapped.batchSize } }
    package var batchesInFlight: Int { get async { await wrapped.batchesInFlight } }
    package var fillingBatch: Int { get async { await wrapped.fillingBatch } }

    package func lookUp(_ keys: [RecordKey]) async throws -> [RecordKey: KeyLookup] {
        try await boundary.around("shop.look-up") { try await wrapped.lookUp(keys) }
    }

    package func lookUp(_ unconfirmed: [UnconfirmedKey]) async throws -> [RecordKey: KeyLookup] {
        try await boundary.around("shop.look-up") { try await wrapped.lookUp(unconfirmed) }
    }

    package func changedKeys(since moment: UTCInstant?, atMost limit: Int) async throws -> ChangedKeys? {
        try await boundary.around("shop.look-up") { try await wrapped.changedKeys(since: moment, atMost: limit) }
    }

    package func observe(_ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws {
        try await boundary.around("shop.observe") { try await wrapped.observe(visit) }
    }

    package func readWhole(keys: Int, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> Bool {
        try await boundary.around("shop.read-whole") { try await wrapped.readWhole(keys: keys, visit) }
    }

    package func apply(_ changes: [Change], _ calls: any CallBook) async throws -> [ChangeAnswer] {
        try await boundary.around("shop.apply") { try await wrapped.apply(changes, calls) }
    }

    package func review(_ calls: any CallBook) async throws {
        try await boundary.around("shop.review") { try await wrapped.review(calls) }
    }

    package func readBack(_ changes: [Change]) async throws -> [ObservedValue] {
        try await boundary.around("shop.read-back") { try await wrapped.readBack(changes) }
    }
}

/// External inputs whose every look crosses a `Boundary`.
package struct WatchedCircumstances: PlanCircumstances {
    private let wrapped: any PlanCircumstances
    private let boundary: Boundary

    package init(_ wrapped: any PlanCircumstances, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func look(_ context: PlanContext) async throws -> ExternalInputs {
        try await boundary.around("shop.circumstances") { try await wrapped.look(context) }
    }
}

/// Movements whose every look crosses a `Boundary`.
package struct WatchedMovements: ShopMovements {
    private let wrapped: any ShopMovements
    private let boundary: Boundary

    package init(_ wrapped: any ShopMovements, boundary: Boundary) {
        self.wrapped = wrapped
        self.boundary = boundary
    }

    package func look(since: UTCInstant?, _ visit: @Sendable ([ObservedValue]) async throws -> Void) async throws -> UTCInstant? {
        try await boundary.around("shop.movements") { try await wrapped.look(since: since, visit) }
    }
}
