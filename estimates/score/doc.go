// Package score compares estimates with actual times: by how much they were off, and how often
// the actual time was within their interval.
//
// The package knows neither tasks nor clocks. It is not safe for concurrent use.
package score
