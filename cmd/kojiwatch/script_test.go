package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"kojiwatch": func() { os.Exit(run()) },
	})
}

// TestScripts runs the command line as a user would.
func TestScripts(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	receiver := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(receiver.Close)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HUB", hub.URL)
			env.Setenv("RECEIVER", receiver.URL)
			env.Setenv("ROOT", root)
			return nil
		},
	})
}

// answer is a receiver of events that answers with the status that its path
// names.
func answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	code, err := strconv.Atoi(path.Base(r.URL.Path))
	if err != nil {
		code = http.StatusNotFound
	}
	w.Header().Set("Retry-After", "7")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, "it says \x1b[31mboo")
}
