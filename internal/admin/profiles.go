package admin

import (
	"net/http"
	"net/http/pprof"
)

// addProfiles opens Go's profiles. The command line, which may hold a password,
// is not among them.
func addProfiles(mux *http.ServeMux) {
	for path, serve := range map[string]http.HandlerFunc{
		"":        pprof.Index,
		"profile": pprof.Profile,
		"symbol":  pprof.Symbol,
		"trace":   pprof.Trace,
	} {
		mux.HandleFunc("GET /debug/pprof/"+path, serve)
	}
}
