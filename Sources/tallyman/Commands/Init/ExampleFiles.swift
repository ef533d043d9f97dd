import Domain
import Foundation

/// Complete examples that come with the program: settings, and files of an ERP to try them with.
struct ExampleFiles {
    /// The folder of all examples.
    var folder = InstalledData.folder("examples")

    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(InitFiles.settings)") }.sorted()
    }

    /// Copies an example into a folder that is not there yet. Throws `INIT-EXAMPLE` for a name that is not known, `INIT-EXISTS` and `INIT-WRITE`.
    func copy(_ name: String, to target: String) throws {
        guard names.contains(name) else {
            throw Diagnostic("INIT-EXAMPLE", "there is no example \(Escaped(name))", fix: "known: \(names.joined(separator: ", "))")
        }
        guard !FileManager.default.fileExists(atPath: target) else {
            throw Diagnostic(
                "INIT-EXISTS", "the folder is there already, and nothing was written", at: .init(file: target),
                fix: "choose another folder with --out, or move it away")
        }
        do {
            for path in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(name)").sorted() {
                let from = "\(folder)/\(name)/\(path)"
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: from, isDirectory: &isFolder), !isFolder.boolValue else { continue }
                let to = URL(fileURLWithPath: "\(target)/\(path)")
                try FileManager.default.createDirectory(at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
                // It keeps a folder that is empty.
                if to.lastPathComponent == ".keep" { continue }
                try Data(contentsOf: URL(fileURLWithPath: from)).write(to: to)
            }
        } catch {
            throw Diagnostic("INIT-WRITE", "the example cannot be written", at: .init(file: target), fix: "check the folder's rights and the disk")
        }
    }
}
