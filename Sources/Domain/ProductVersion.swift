/// The version of this program, in one place: `--version`, the package, the user agent and the changelog have it from here, or are held to it
/// by a test. Semantic versioning: a change of the ledger's schema is a minor version at least.
package enum ProductVersion {
    package static let text = "1.0.0"
}
