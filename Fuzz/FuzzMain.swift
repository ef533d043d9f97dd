import Foundation

/// The entry that this run drives, by its name in `FUZZ_ENTRY`.
private let entry: (([UInt8]) throws -> Void)? = {
    let name = ProcessInfo.processInfo.environment["FUZZ_ENTRY"] ?? ""
    if let file = FuzzEntry(rawValue: name) { return file.run }
    return FuzzAnswerEntry(rawValue: name)?.run
}()

/// What libFuzzer calls with every input. A broken promise ends the process, as a crash does.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    guard let entry else { fatalError("FUZZ_ENTRY names no entry: \(FuzzEntry.allCases.map(\.rawValue) + FuzzAnswerEntry.allCases.map(\.rawValue))") }
    do {
        try entry(Array(UnsafeBufferPointer(start: data, count: count)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
