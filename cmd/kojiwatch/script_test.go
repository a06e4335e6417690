package main

import (
	"os"
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
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HUB", hub.URL)
			return nil
		},
	})
}
