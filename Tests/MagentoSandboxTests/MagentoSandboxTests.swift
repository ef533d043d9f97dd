// MagentoSandboxTests
