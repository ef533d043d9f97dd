// MagentoSandbox
