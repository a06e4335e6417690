package sentinel

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/kojiwatch/kojiwatch/koji"
)

// TestBounds checks that names without end do not make the sentinel grow without end.
func TestBounds(t *testing.T) {
	s := New(Options{Kinds: Kinds()})
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for i := range 3 * maxArches {
		k := koji.Task{ID: int64(i + 1), Method: "buildArch", Arch: fmt.Sprint("arch", i), Channel: koji.Ref{Name: fmt.Sprint("channel", i)}}
		k.Host.Name = "builder"
		for _, state := range []koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskClosed} {
			k.State = state
			at = at.Add(time.Second)
			s.Observe(&k, at)
		}
	}
	if len(s.arches) > maxArches || len(s.hosts["builder"].serves) > maxServed {
		t.Errorf("%d arches, %d queues of one host", len(s.arches), len(s.hosts["builder"].serves))
	}
}

// TestKnownForgetsTheOldest checks that room is made by what was heard of least lately.
func TestKnownForgetsTheOldest(t *testing.T) {
	m := map[int]*tag{}
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	heard := func(g *tag) *time.Time { return &g.heard }
	for i := range 11 {
		known(m, i%10, 10, at.Add(time.Duration(i)*time.Second), heard)
	}
	known(m, 10, 10, at.Add(time.Minute), heard) // 0 was heard of once more, so 1 is the oldest
	if len(m) != 10 || m[0] == nil || m[1] != nil {
		t.Errorf("left: %v", m)
	}
}

// TestTextsOfMessages checks that the sentinel does not keep the messages that its texts
// are parts of.
func TestTextsOfMessages(t *testing.T) {
	body := strings.Repeat("x", 1000) + "builder1"
	var kept string
	learn(&kept, body[1000:])
	if kept != "builder1" || unsafe.StringData(kept) == unsafe.StringData(body[1000:]) {
		t.Errorf("%q is a part of the message", kept)
	}
}
