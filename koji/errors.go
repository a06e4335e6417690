package koji

import "errors"

// ErrNotFound reports that the hub has no such object.
var ErrNotFound = errors.New("not found")
