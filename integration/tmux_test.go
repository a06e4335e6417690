//go:build integration

package integration

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/terminal"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// manyArches is a hub on which a task runs with so many below it.
func manyArches(n int) hubtest.Data {
	now := time.Now()
	task := hubtest.Task{ID: 1, Method: "image", State: "OPEN", Host: "builder1.example.com", Created: now, Started: now}
	d := hubtest.Data{Hosts: []hubtest.Host{{ID: 1, Name: "builder1.example.com"}}, Tasks: []hubtest.Task{task}}
	for i := range n {
		task.ID, task.Parent, task.Method, task.Label = int64(100+i), 1, "createImage", fmt.Sprintf("image%02d", i)
		d.Tasks = append(d.Tasks, task)
	}
	return d
}

// TestWatchInTmux: in a terminal multiplexer there is one picture on the screen at all
// times: with 40 tasks below one, while the hub is lost, and after the window has become
// narrower, lower and larger again.
func TestWatchInTmux(t *testing.T) {
	t.Parallel() // it mostly waits
	const children, wait = 40, 90 * time.Second
	hub := hubtest.Start(t, hubtest.Options{Data: manyArches(children)})
	m := terminal.StartTmux(t, 100, 50, rig.Program(t)+" watch 1 --hub "+hub.URL+"; echo exit code $?", "NO_COLOR=", "TERM=screen-256color")
	shows := func(columns, rows, branches int, want ...string) {
		t.Helper()
		rig.Eventually(t, wait, func() error { return onScreen(m.Screen(t), columns, rows, branches, want) })
	}
	shows(100, 50, children, "0 of 1 done")
	if !strings.Contains(m.Colored(t), "\x1b[34mOPEN") {
		t.Errorf("no colours:\n%q", m.Colored(t))
	}

	back := hub.Inject(hubtest.Failure{Effect: hubtest.Status(http.StatusBadGateway)})
	shows(100, 50, children, "0 of 1 done", "the hub does not answer, trying again: ")
	m.Resize(t, 60, 20)
	shows(60, 20, -1, "0 of 1 done", "the hub does not answer, trying again: ", "more lines")
	m.Resize(t, 160, 60)
	shows(160, 60, children, "0 of 1 done", "the hub does not answer, trying again: ")
	back()
	shows(160, 60, children, "0 of 1 done")

	if err := hub.Update(func(d *hubtest.Data) {
		for i := range d.Tasks {
			d.Tasks[i].State, d.Tasks[i].Completed = "CLOSED", time.Now()
		}
	}); err != nil {
		t.Fatal(err)
	}
	shows(160, 60, children, "1 of 1 done", "exit code 0")
	if text := strings.Join(m.Screen(t), "\n"); strings.Contains(text, "OPEN") {
		t.Errorf("at the end:\n%s", text)
	}
}

// onScreen reports unless a screen shows one picture, which fits, with so many branches
// (as many as there is room for, if negative), and lines that begin so or hold it.
func onScreen(lines []string, columns, rows, branches int, want []string) error {
	text := strings.Join(lines, "\n")
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > columns {
			return fmt.Errorf("%d columns, not %d:\n%s", n, columns, text)
		}
	}
	if len(lines) > rows {
		return fmt.Errorf("%d lines, not %d:\n%s", len(lines), rows, text)
	}
	if n := strings.Count(text, "createImage "); branches >= 0 && n != branches {
		return fmt.Errorf("%d branches, not %d:\n%s", n, branches, text)
	}
	for _, w := range append(want, "image ") {
		if n := strings.Count("\n"+text, "\n"+w); n != 1 && w != "more lines" || !strings.Contains(text, w) {
			return fmt.Errorf("%q begins %d lines:\n%s", w, n, text)
		}
	}
	if lost := "the hub does not answer"; !slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(w, lost) }) && strings.Contains(text, lost) {
		return fmt.Errorf("the hub has answered:\n%s", text)
	}
	return nil
}
