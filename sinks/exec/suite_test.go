package exec

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// TestSuite runs the tests of all sinks. Files in the program's folder tell it how to
// behave.
func TestSuite(t *testing.T) {
	const program = `
while test -e hold; do sleep 0.01; done
if test -s fail; then sed -i 1d fail; exit 75; fi
if test "$(cat refuse 2>/dev/null)" = "$KOJIWATCH_EVENT_ID"; then exit 1; fi
cat > /dev/null
echo "$KOJIWATCH_EVENT_ID" >> arrived
`
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		dir := t.TempDir()
		put := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		sink := New(Config{Command: []string{"/bin/sh", "-c", program}, Dir: dir, Timeout: time.Minute, MaxOutput: 100})
		sink.grace = 100 * time.Millisecond
		return &sinktest.World{
			Sink: sink,
			Arrived: func() []string {
				text, _ := os.ReadFile(filepath.Join(dir, "arrived")) // not there: none
				return strings.Fields(string(text))
			},
			Fail:   func(n int) { put("fail", strings.Repeat("x\n", n)) },
			Refuse: func(id string) { put("refuse", id) },
			Hold: func() func() {
				put("hold", "")
				return func() { _ = os.Remove(filepath.Join(dir, "hold")) }
			},
			Concurrent: true,
		}
	})
}
