/// One option of the settings file, declared once beside the code that uses it. Checking, the JSON Schema that editors
/// complete from, and the reference page are all made from these declarations.
package struct OptionSpec: Sendable {
    package indirect enum Kind: Sendable {
        case text
        case integer(ClosedRange<Int64>)
        /// An exact decimal number.
        case decimal
        /// `20%` or `20`.
        case percent
        /// `30s`, `15m`, `2h`, `1d`.
        case duration
        case boolean
        case choice([String])
        /// `{env: NAME}` or `{file: name}`: a secret's name, never its value.
        case secret
        case list(Kind)
        /// Keys chosen by the user, all of one kind.
        case map(Kind)
        case object([OptionSpec])
        /// Either of several forms, tried in order.
        case either([Kind])
    }

    package var name: String
    package var kind: Kind
    /// First sentence stands alone.
    package var help: String
    package var isRequired: Bool
    /// As written in YAML.
    package var defaultText: String?
    package var example: String?

    package init(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        required: Requirement = .optional,
        default defaultText: String? = nil,
        example: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        isRequired = required == .required
        self.defaultText = defaultText
        self.example = example
    }

    package enum Requirement: Sendable { case required, optional }
}
