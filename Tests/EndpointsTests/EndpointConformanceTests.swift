import Endpoints
import TestKit
import Testing

struct EndpointConformanceTests {
    @Test(arguments: EndpointUnderTest.allCases, EndpointConformance.cases)
    func `every endpoint behaves alike`(_ under: EndpointUnderTest, _ conformance: EndpointConformance) async throws {
        let (subject, keeping) = try await under.subject()

        try await conformance.run(subject)

        withExtendedLifetime(keeping) {}
    }
}
