package main

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// TestHealth asks daemons in all kinds of states at all kinds of addresses.
func TestHealth(t *testing.T) {
	ready := http.StatusOK
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("alive\n")) })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(ready)
		_, _ = w.Write([]byte("not ready\nsink \x1b[31mout: no session\n"))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "s")
	local, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	byPath := &httptest.Server{Listener: local, Config: &http.Server{Handler: mux}}
	byPath.Start()
	defer byPath.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, test := range map[string]struct {
		address string
		ready   bool
		status  int
		out     string
		err     string // in the error
	}{
		"alive":               {"127.0.0.1:" + port, false, 200, "alive\n", ""},
		"by its name":         {"localhost:" + port, false, 200, "alive\n", ""},
		"listens everywhere":  {"0.0.0.0:" + port, false, 200, "alive\n", ""},
		"listens at a path":   {"unix:" + socket, false, 200, "alive\n", ""},
		"ready":               {"127.0.0.1:" + port, true, 200, "not ready\nsink \\x1b[31mout: no session\n", ""},
		"not ready":           {"127.0.0.1:" + port, true, 503, "", `not ready` + "\n" + `sink \x1b[31mout: no session`},
		"nobody there":        {"127.0.0.1:1", false, 200, "", "ask 127.0.0.1:1: dial tcp 127.0.0.1:1: connect: connection refused"},
		"nobody answers":      {silent.Addr().String(), false, 200, "", "deadline exceeded"},
		"nobody at the path":  {"unix:" + socket + "s", false, 200, "", "no such file"},
		"no address any more": {"127.0.0.1", false, 200, "", "missing port"},
	} {
		t.Run(name, func(t *testing.T) {
			ready = test.status
			var out bytes.Buffer
			err := Health(t.Context(), cliutil.Streams{Out: &out}, HealthOptions{test.address, test.ready, time.Second})
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("got %v, want %q", err, test.err)
			}
			if out.String() != test.out {
				t.Errorf("printed %q, want %q", out.String(), test.out)
			}
		})
	}
}
