/// How the last login of an account ended.
package struct LastLogin: Hashable, Sendable {
    /// A mark of the credential: another one is tried at once.
    package var credential: String
    /// Logins that were refused in a row; 0 after one that was let in.
    package var refused: Int
    package var at: UTCInstant

    package init(credential: String, refused: Int, at: UTCInstant) {
        (self.credential, self.refused, self.at) = (credential, refused, at)
    }
}
