import Domain
import Endpoints
import Glibc

extension EndpointConformance {
    static let beside: [EndpointConformance] = [
        EndpointConformance("what one session did the next one sees") { subject in
            try await subject.endpoint.withSession { session in
                try session.put(subject.path("a"), [1])
                try session.put(subject.path("b"), [2])
                try session.rename(subject.path("a"), to: subject.path("c"))
            }
            let names = try await subject.endpoint.withSession { try $0.names(in: subject.folder) }
            try demand(names, equals: ["b", "c"], "names")
        },
        EndpointConformance("an error in one session leaves another one alone") { subject in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await subject.endpoint.withSession { session in
                        for number in 0..<10 {
                            try session.put(subject.path("good-\(number)"), [1])
                            try demand(try session.content(of: subject.path("good-\(number)")), equals: [1], "content")
                        }
                    }
                }
                group.addTask {
                    try await subject.endpoint.withSession { session in
                        for _ in 0..<10 { try demandDiagnostic("FILE-MISSING") { try session.read(subject.path("absent")) { _ in } } }
                    }
                }
                try await group.waitForAll()
            }
        },
        EndpointConformance("a task that was cancelled before it began does nothing") { subject in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await subject.endpoint.withSession { session in
                    try session.list(folder: subject.folder) { _ in }
                    try session.read(subject.path("absent")) { _ in }
                }
            }
            switch await task.result {
            case .success: throw ConformanceFailure(description: "a cancelled session worked")
            case .failure(let error): try demand(error is CancellationError, equals: true, "\(error) is a cancellation")
            }
        },
        EndpointConformance("two sessions that rename two files to one name lose neither") { subject in
            try await subject.endpoint.withSession { session in
                for name in ["a", "b"] { try session.put(subject.path(name), Array(name.utf8)) }
                try session.rename(subject.path("a"), to: subject.path("target"))
            }
            try await subject.endpoint.withSession { session in
                try demandDiagnostic("TARGET-EXISTS") { try session.rename(subject.path("b"), to: subject.path("target")) }
                try demand(try session.content(of: subject.path("target")), equals: Array("a".utf8), "target")
                try demand(try session.content(of: subject.path("b")), equals: Array("b".utf8), "the other one")
            }
        },
        EndpointConformance("a reader beside replacements sees the old file or the new one, never a part") { subject in
            let (old, new) = ([UInt8](repeating: 1, count: 60_000), [UInt8](repeating: 2, count: 90_000))
            try await subject.endpoint.withSession { try $0.put(subject.path("STOCK.csv"), old) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await subject.endpoint.withSession { session in
                        for number in 0..<8 {
                            try session.put(subject.path("STOCK.tmp"), number.isMultiple(of: 2) ? new : old)
                            try session.replace(subject.path("STOCK.csv"), with: subject.path("STOCK.tmp"))
                        }
                    }
                }
                group.addTask {
                    try await subject.endpoint.withSession { session in
                        for _ in 0..<16 {
                            do {
                                let seen = try session.content(of: subject.path("STOCK.csv"))
                                try demand(seen == old || seen == new, equals: true, "whole (\(seen.count) bytes)")
                            } catch let missing as Diagnostic where missing.code == "FILE-MISSING" {
                                // Where one file cannot take another's place at once there is a moment without either.
                                try demand(session.capabilities.replacement, equals: .swapped, "replacement")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
    ]
}
