// TallymanTests
