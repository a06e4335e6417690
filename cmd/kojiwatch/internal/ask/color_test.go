package ask

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/terminal"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// executed runs one of the commands.
func executed(ctx context.Context, streams cliutil.Streams, args ...string) error {
	for _, cmd := range Commands(streams) { //nolint:contextcheck // a command gets its context when it is executed
		if cmd.Name() == args[0] {
			cmd.SetArgs(args[1:])
			return cmd.ExecuteContext(ctx)
		}
	}
	return fmt.Errorf("no command %s", args[0])
}

// TestColors: on a terminal states have colours, the same in all commands, and without
// them the text is the same; where colours are not wanted there are none.
func TestColors(t *testing.T) {
	long := time.Now().Add(-48 * time.Hour)
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{
		Users: []hubtest.User{{ID: 5, Name: "alice"}},
		Tasks: []hubtest.Task{
			{ID: 1, Method: "build", State: "FAILED", Owner: "alice", Created: long, Started: long, Completed: long.Add(time.Hour)},
			{ID: 2, Method: "build", State: "CLOSED", Owner: "alice", Created: long, Started: long, Completed: long.Add(time.Hour)},
			{ID: 3, Method: "build", State: "OPEN", Owner: "alice", Created: long, Started: long},
		},
		Builds: []hubtest.Build{
			{ID: 70, Package: "bash", Version: "5", Release: "1", State: "FAILED", Owner: "alice", Task: 1, Created: long, Completed: long.Add(time.Hour)},
			{ID: 71, Package: "bash", Version: "5", Release: "2", State: "COMPLETE", Owner: "alice", Task: 2, Created: long, Completed: long.Add(time.Hour)},
			{ID: 72, Package: "bash", Version: "5", Release: "3", Owner: "alice", Task: 3, Created: long},
		},
	}})
	const red, green, blue = "31", "32", "34"
	codes := regexp.MustCompile("\x1b\\[[0-9]*m")
	for name, tt := range map[string]struct {
		args string
		want []string // texts and their colours
	}{
		"show of a task":   {"show 1", []string{red, "FAILED"}},
		"show of a build":  {"show bash-5-2", []string{green, "COMPLETE", green, "CLOSED"}},
		"show of a user":   {"show @alice", []string{blue, "OPEN", green, "COMPLETE", red, "FAILED"}},
		"tasks":            {"tasks --state open,failed,closed", []string{red, "FAILED", green, "CLOSED", blue, "OPEN"}},
		"builds":           {"builds", []string{red, "FAILED", green, "COMPLETE", blue, "BUILDING"}},
		"last":             {"last bash", []string{red, "FAILED", green, "COMPLETE"}},
		"current, a phase": {"current bash", []string{blue, "starting"}},
	} {
		t.Run(name, func(t *testing.T) {
			show := func(variable, value string) string {
				t.Setenv("TERM", "xterm-256color")
				t.Setenv("NO_COLOR", "")
				t.Setenv(variable, value)
				return terminal.Record(t, 100, func(streams cliutil.Streams) error {
					return executed(t.Context(), streams, append(strings.Fields(tt.args), "--hub", hub.URL)...)
				})
			}
			colored := show("TZ", "UTC")
			for i := 0; i < len(tt.want); i += 2 {
				if text := "\x1b[" + tt.want[i] + "m" + tt.want[i+1] + "\x1b[0m"; !strings.Contains(colored, text) {
					t.Errorf("no %q in\n%q", text, colored)
				}
			}
			plain := show("NO_COLOR", "1")
			if codes.MatchString(plain) || plain != show("TERM", "dumb") {
				t.Errorf("colours are not wanted:\n%q", plain)
			}
			if codes.ReplaceAllString(colored, "") != plain {
				t.Errorf("colours change more than colours:\n%s\n%s", colored, plain)
			}
		})
	}
}
