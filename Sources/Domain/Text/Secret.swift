/// A credential. It prints as dots everywhere and can be neither encoded nor compared by accident;
/// only the code that must send it calls `reveal`.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    package func reveal() -> String { value }
    package var isEmpty: Bool { value.isEmpty }
    package var description: String { "••••" }
    package var debugDescription: String { "••••" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
