import Domain
import Endpoints
import Glibc
import TestKit
import Testing

@Suite(.serialized)
struct LargeListingTests {
    private static let count = 50_000

    private static func residentKilobytes() -> Int {
        let text = String(decoding: TemporaryFolder.content(of: "/proc/self/statm") ?? [], as: UTF8.self)
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4
    }

    @Test(arguments: EndpointUnderTest.allCases)
    func `F22 50,000 entries are all listed, with time and memory in the log`(_ under: EndpointUnderTest) async throws {
        let (subject, keeping) = try await under.subject()
        let folder = open("\(subject.home)/\(subject.folder)", O_RDONLY | O_DIRECTORY)
        for number in 0..<Self.count { close(openat(folder, "STOCK_\(number).csv", O_CREAT | O_WRONLY, 0o644)) }
        close(folder)

        let (seen, time, growth) = try await subject.endpoint.withSession { session in
            let before = Self.residentKilobytes()
            var (seen, peak) = (0, 0)
            let time = try ContinuousClock().measure {
                try session.list(folder: subject.folder) { _ in
                    seen += 1
                    if seen % 5000 == 0 { peak = max(peak, Self.residentKilobytes() - before) }
                }
            }
            return (seen, time, peak)
        }

        print("F22 figures: \(under.rawValue) listed \(seen) entries in \(time), resident memory grew by \(growth) KB (other tests run beside)")
        #expect(seen == Self.count)
        withExtendedLifetime(keeping) {}
    }
}
