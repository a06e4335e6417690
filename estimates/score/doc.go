// Package score compares estimates with what came true: by how much they were off,
// and how often the truth was within their interval.
//
// The package knows neither tasks nor clocks. It is not safe for concurrent use.
package score
