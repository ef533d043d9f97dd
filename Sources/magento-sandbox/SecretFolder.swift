import Foundation
import MagentoSandbox

/// A folder of secrets as `tallyman` reads them: a file for each, which nobody else may read.
struct SecretFolder {
    let path: String

    func write(_ integration: Integration) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let secrets = [
            "consumer_key": integration.consumerKey, "consumer_secret": integration.consumerSecret, "access_token": integration.token,
            "access_token_secret": integration.tokenSecret,
        ]
        for (name, value) in secrets {
            let file = "\(path)/\(name)"
            guard files.createFile(atPath: file, contents: Data("\(value)\n".utf8), attributes: [.posixPermissions: 0o600]) else {
                throw SandboxTrouble("\(file) cannot be written")
            }
        }
    }
}
