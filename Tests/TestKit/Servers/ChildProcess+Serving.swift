extension ChildProcess {
    /// A server on a free port of the loopback, or on another one where somebody else was quicker to take that.
    /// - Parameters:
    ///   - fixed: the port where it must be that one.
    ///   - sign: what it writes once it serves.
    /// - Throws: `Failure` with its own words where it does not start.
    static func serving(on fixed: Int? = nil, sign: String, start: (_ port: Int) throws -> ChildProcess) throws -> (process: ChildProcess, port: Int)
    {
        var last = "no attempt"
        for _ in 0..<5 {
            let port = fixed ?? LoopbackPort.free()
            let process = try start(port)
            if process.output(until: { $0.contains(sign) }) { return (process, port) }
            process.closeInput()
            process.waitForExit()
            last = process.log
            if !last.contains("in use") { break }
        }
        throw Failure(description: "the server did not start: \(last)")
    }
}
