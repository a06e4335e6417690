// Package admin is the daemon's HTTP listener for operators, and its client.
//
//	/              a page with the daemon's status
//	/api/status    the same as JSON
//	/metrics       Prometheus metrics
//	/healthz       200 while the process lives
//	/readyz        200 if all checks succeed, else 503 with the reasons
//	/-/reload      POST: read the configuration again
//	/debug/pprof/  profiles, if enabled
//
// Metrics, checks and the status are passed in as [Options].
package admin
