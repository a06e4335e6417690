package listing

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var now = time.Date(2026, 11, 22, 7, 10, 0, 0, time.UTC)

func clock() time.Time { return now }

func client(t *testing.T) (kojirpc.API, *hubtest.Server) {
	t.Helper()
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded(), Clock: clock})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	return c.API, hub
}

// TestTables holds tables to golden files, at the widths of narrow and of wide terminals.
func TestTables(t *testing.T) {
	api, _ := client(t)
	tasks := func(q Query) func(*Printer) error {
		return func(p *Printer) error {
			list, err := q.Tasks(t.Context(), api)
			if err != nil {
				return err
			}
			return p.Tasks(list)
		}
	}
	builds := func(q Query) func(*Printer) error {
		return func(p *Printer) error {
			list, err := q.Builds(t.Context(), api)
			if err != nil {
				return err
			}
			return p.Builds(list)
		}
	}
	last := func(pkg, tag string) func(*Printer) error {
		return func(p *Printer) error {
			list, err := Last(t.Context(), api, pkg, tag, 5)
			if err != nil {
				return err
			}
			return p.Builds(list)
		}
	}
	for name, print := range map[string]func(*Printer) error{
		"tasks":      tasks(Query{Limit: 50}),
		"tasks-host": tasks(Query{Host: kojirpc.Name("builder2.lab.test")}),
		"tasks-user": tasks(Query{User: kojirpc.Name("alice"), States: []string{"FAILED", "CLOSED"}, Limit: 3}),
		"tasks-none": tasks(Query{User: kojirpc.Name("李雷")}),
		"builds":     builds(Query{Limit: 12}),
		"builds-of":  builds(Query{User: kojirpc.Name("alice"), Package: kojirpc.Name("kernel"), States: []string{"COMPLETE"}}),
		"last":       last("golang-x-net", ""),
		"last-tag":   last("golang-x-net", "epel10-candidate"),
		"current": func(p *Printer) error {
			answers, err := Current(t.Context(), api, "rust-ripgrep", clock)
			if err != nil {
				return err
			}
			return p.Current(answers)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, width := range []int{60, 100, 160} {
				fmt.Fprintf(&out, "%d:\n", width)
				if err := print(&Printer{Out: &out, Width: width, Now: now}); err != nil {
					t.Fatal(err)
				}
			}
			golden.Check(t, filepath.Join("testdata", name+".txt"), out.String())
		})
	}
}

// TestFillNames asks for each name once, all in one request.
func TestFillNames(t *testing.T) {
	api, hub := client(t)
	a := koji.Task{Owner: koji.Ref{ID: 3}, Host: koji.Ref{ID: 1}, Channel: koji.Ref{ID: 2}}
	b := koji.Task{Owner: koji.Ref{ID: 3}, Host: koji.Ref{ID: 999}, Channel: koji.Ref{ID: 2, Name: "known"}}
	hub.ResetStats()
	if err := FillNames(t.Context(), api, &a, &b); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(a.Owner, a.Host, a.Channel, b.Owner, b.Host, b.Channel)
	if want := "{3 alice} {1 builder1.lab.test} {2 createrepo} {3 alice} {999 } {2 known}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s := hub.Stats(); s.Requests != 1 || s.Called() != 4 {
		t.Errorf("%d requests, %d calls", s.Requests, s.Called())
	}
}

// TestMistakes are found out before the hub is asked, where they can be.
func TestMistakes(t *testing.T) {
	api, hub := client(t)
	hub.ResetStats()
	for want, q := range map[string]Query{
		`"gone" is no state; take one of building, complete`: {States: []string{"GONE"}},
		"one state at a time":                                {States: []string{"FAILED", "CANCELED"}},
	} {
		if _, err := q.Builds(t.Context(), api); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("builds: %v, want %s", err, want)
		}
	}
	q := Query{States: []string{"COMPLETE"}}
	if _, err := q.Tasks(t.Context(), api); err == nil || !strings.Contains(err.Error(), "take one of free, open") {
		t.Errorf("tasks: %v", err)
	}
	if n := hub.Stats().Requests; n != 0 {
		t.Errorf("%d requests", n)
	}
}
