// FormatsTests
