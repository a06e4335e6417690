package admin

import (
	"net/http"
	"net/http/pprof"
)

// addProfiles enables Go's profiles, except for the command line, which may contain a
// password.
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
