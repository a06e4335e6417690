package webhook

// Follow is follow, for tests.
var Follow = follow
