package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
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
	hub := hubtest.Start(t, hubtest.Options{Data: withFailure(hubtest.Recorded())})
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

// withFailure adds why task 39 of the recorded hub failed: a task below it, with its logs.
func withFailure(d hubtest.Data) hubtest.Data {
	fault := &hubtest.TaskFault{Code: 1005, String: "BuildError: error building package (arch s390x), mock exited with status 1; see build.log or root.log for more information"}
	for i := range d.Tasks {
		if d.Tasks[i].ID == 39 {
			d.Tasks[i].Fault = fault
		}
	}
	log := strings.Repeat("gcc goes on\n", 20_000) + "slots.cc:3:1: error: expected ';' \x1b[31mhere\x1b[0m\nerror: Bad exit status from /var/tmp/rpm-tmp.x (%build)\n"
	d.Tasks = append(d.Tasks, hubtest.Task{
		ID: 901, Parent: 39, Method: "buildArch", Label: "s390x", Arch: "s390x", Host: "builder1.lab.test", State: "FAILED", Fault: fault,
		Request: []any{"tasks/39/libsigc++20-18.10-11.62.f55.src.rpm", 6, "s390x"},
		Output:  []hubtest.OutputFile{{Name: "build.log", Content: log}, {Name: "root.log", Content: "all is well\n"}},
	})
	return d
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
