package exec

import (
	"os"
	"strconv"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// maxFact bounds one fact in the environment, in bytes.
const maxFact = 1024

// environment returns the environment of a program: a few of our variables, since the
// others may hold secrets, and the known facts of the event.
func environment(e *event.Event) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	fact := func(name, value string) {
		if value != "" {
			env = append(env, "KOJIWATCH_"+name+"="+format.OneLine(value, maxFact))
		}
	}
	id := func(name string, value int64) {
		if value != 0 {
			fact(name, strconv.FormatInt(value, 10))
		}
	}
	fact("EVENT_ID", e.ID)
	fact("TYPE", string(e.Type))
	fact("TOPIC", e.Topic)
	fact("INSTANCE", e.Instance)
	fact("OLD", e.Old)
	fact("NEW", e.New)
	fact("URL", e.URL)
	fact("SUMMARY", e.Summary)
	fact("TAG", e.Tag.Name)
	fact("USER", e.User.Name)
	fact("PACKAGE", e.Package.Name)
	if t := e.Task; t != nil {
		id("TASK_ID", t.ID)
		fact("TASK_METHOD", t.Method)
		fact("TASK_PACKAGE", t.Package())
		fact("TASK_OWNER", t.Owner.Name)
		fact("TASK_TARGET", t.Target().Name)
	}
	if b := e.Build; b != nil {
		id("BUILD_ID", b.ID)
		fact("BUILD_NVR", b.NVR)
		fact("BUILD_NAME", b.Name)
		fact("BUILD_OWNER", b.Owner.Name)
	}
	return env
}
