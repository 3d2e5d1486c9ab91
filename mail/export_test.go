package mail

// NormalizeAddress is for the tests outside of the package.
var NormalizeAddress = normalizeAddress
