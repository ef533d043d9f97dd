import Endpoints
import Glibc
import TestKit
import Testing

struct EndpointConformanceTests {
    @Test(arguments: EndpointUnderTest.allCases, EndpointConformance.cases)
    func `every endpoint behaves alike`(_ under: EndpointUnderTest, _ conformance: EndpointConformance) async throws {
        if conformance.needsRights, under == .local, geteuid() == 0 { try Test.cancel("root may do everything in a local folder") }
        let (subject, keeping) = try await under.subject()

        try await conformance.run(subject)

        withExtendedLifetime(keeping) {}
    }
}
