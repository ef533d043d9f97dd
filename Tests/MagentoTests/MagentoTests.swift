// MagentoTests
