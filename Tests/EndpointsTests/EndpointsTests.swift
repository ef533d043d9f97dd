// EndpointsTests
