import Domain
import Foundation

/// Errors as people read them: place, code, what, and the line of the file with a caret where there is one.
enum DiagnosticPrinter {
    static func print(_ diagnostic: Diagnostic) {
        StandardStream.error.write(text(diagnostic) + "\n")
    }

    static func text(_ diagnostic: Diagnostic) -> String {
        var told = diagnostic
        (told.summary, told.fix) = (ShopClock.told(diagnostic.summary), ShopClock.told(diagnostic.fix))
        var text = "\(told)"
        if diagnostic.code != "SECRET-WRITTEN", let place = diagnostic.location, let line = place.line, let excerpt = excerpt(place.file, line: line)
        {
            let caret = String(repeating: " ", count: max(0, (place.column ?? 1) - 1)) + "^"
            let number = "\(line)"
            let margin = String(repeating: " ", count: number.count)
            let parts = text.split(separator: "\n", maxSplits: 1)
            text = "\(parts[0])\n  \(number) | \(excerpt)\n  \(margin) | \(caret)\n" + (parts.count > 1 ? parts[1] : "")
        }
        return text
    }

    /// The line of a settings file; data files are not shown here, their lines may be anyone's.
    private static func excerpt(_ path: String, line: Int) -> String? {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json"),
            let data = FileManager.default.contents(atPath: path), data.count < SettingsFile.maximumSize
        else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(line - 1) ? Escaped(lines[line - 1], limit: 160).description : nil
    }
}
