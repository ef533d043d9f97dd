// EntitiesTests
