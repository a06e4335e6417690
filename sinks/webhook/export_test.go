package webhook

// Follow exports follow for tests.
var Follow = follow
