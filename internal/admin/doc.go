// Package admin is the daemon's HTTP listener for operators, and the client that asks it.
//
//	/              a page with how the daemon is doing
//	/api/status    the same as JSON
//	/metrics       Prometheus metrics
//	/healthz       200 while the process lives
//	/readyz        200 if all checks are well, else 503 with the reasons
//	/-/reload      POST: read the configuration again
//	/debug/pprof/  profiles, where they are allowed
//
// It knows nothing of what is measured and checked; that is given to it.
package admin
