import Domain
import Endpoints
import Synchronization

extension EndpointConformance {
    static let refusing: [EndpointConformance] = [
        EndpointConformance("an error of the body comes out as it is, and the next session works") { subject in
            struct Mine: Error {}
            do {
                try await subject.endpoint.withSession { _ in throw Mine() }
                throw ConformanceFailure(description: "the body's error was lost")
            } catch is Mine {}
            let names = try await subject.endpoint.withSession { try $0.names(in: subject.folder) }
            try demand(names, equals: [], "names")
        },
        EndpointConformance("cancelling the task ends a long read with CancellationError") { subject in
            try await subject.endpoint.withSession { try $0.put(subject.path("big"), [UInt8](repeating: 1, count: 8 << 20)) }
            let (started, begin) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await subject.endpoint.withSession { session in
                    // Reads for ever, so that only the cancellation can end it.
                    while true {
                        try session.read(subject.path("big")) { _ in }
                        begin.yield()
                    }
                }
            }
            for await _ in started { break }
            task.cancel()
            switch await task.result {
            case .success: throw ConformanceFailure(description: "an endless loop ended without an error")
            case .failure(let error): try demand(error is CancellationError, equals: true, "\(error) is a cancellation")
            }
        },
        EndpointConformance("sessions of one endpoint run side by side") { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<4 {
                    group.addTask {
                        try await subject.endpoint.withSession { session in
                            let content = [UInt8](repeating: UInt8(number), count: 300_000)
                            try session.put(subject.path("f\(number)"), content)
                            try demand(try session.content(of: subject.path("f\(number)")), equals: content, "content")
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
