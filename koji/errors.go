package koji

import "errors"

// ErrNotFound reports that the hub knows no such thing.
var ErrNotFound = errors.New("not found")
