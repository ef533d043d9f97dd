package import Domain

/// The `magento:` part of the settings file.
package struct MagentoSettings: Sendable {
    package enum Credential: Sendable {
        case oauth1(OAuth1.Credentials, OAuth1.Dialect)
        case bearer(Secret)
        case admin(username: String, password: Secret)
    }

    package var endpoint: ShopEndpoint
    package var credential: Credential
    package var limits: WireLimits
    /// How long a call that must not be made twice is waited for where no answer came.
    package var resendAfter: Duration
    package var pace: Pace
    /// The most rows in one call.
    package var batch: Int

    package static let usualResendAfter = Duration.seconds(1200)

    package init(
        endpoint: ShopEndpoint, credential: Credential, limits: WireLimits = WireLimits(), resendAfter: Duration = usualResendAfter,
        pace: Pace = .byCalendar, batch: Int = BatchSizer.Policy().maximum
    ) {
        self.endpoint = endpoint
        self.credential = credential
        self.limits = limits
        self.resendAfter = resendAfter
        self.pace = pace
        self.batch = batch
    }
}
