import Endpoints

/// An endpoint at which only one session is open at a time.
struct OneSession: Endpoint {
    let wrapped: any Endpoint

    var name: String { wrapped.name }
    var sessionLimit: Int { 1 }

    func withSession<Result: Sendable>(_ body: @escaping @Sendable (any EndpointSession) throws -> Result) async throws -> Result {
        try await wrapped.withSession(body)
    }
}
