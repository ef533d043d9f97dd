import Domain
import Foundation

/// The go-live scenarios of the requirements, and how they are played.
enum ScenarioPack {
    static let all: [Scenario] = [
        .c144, .c145, .c146, .c147, .c159, .c176, .c177, .c195, .c196, .c230, .c231, .c232, .c233, .c234, .c235, .c239, .c240, .c247, .c253,
        .c256, .c259, .c268, .c298, .c312, .c333, .c400, .c401,
    ]

    /// Plays one scenario on the sandbox at `url`, in a new folder below `folder`.
    ///
    /// - Parameter programs: the folder of the program `tallyman`.
    static func play(
        _ scenario: Scenario, on url: String, programs: String, in folder: String, timeline: Timeline
    ) async throws -> ScenarioOutcome {
        let place = "\(folder)/\(scenario.id)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let stage = try ScenarioStage(
            folder: place, shop: try await SandboxView(url: url), program: "\(programs)/tallyman", timeline: timeline)
        var reason: String?
        do { try await scenario.play(stage) } catch { reason = "\(error)" }
        return ScenarioOutcome(scenario, steps: stage.steps, checks: stage.checks, stoppedBy: reason)
    }

    /// The folder that this program stands in.
    static var ownFolder: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }
}
