package facts

import (
	"errors"
	"hash/maphash"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// noon is when tests begin; at is seconds after that.
var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// told is an event and when it was told: by a message that came at that time, or by the
// hub, where it happened then.
func told(e event.Event, seconds int) *event.Event {
	e.ReceivedAt = at(seconds)
	return &e
}

// asked is an event that the hub was asked for.
func asked(e event.Event, seconds int) *event.Event {
	e.Origin = event.Reconciled
	return told(e, seconds)
}

// task is a change of task 5 that happened at a time; below zero the message does not say.
func task(state string, seconds int) event.Event {
	t := &koji.Task{ID: 5}
	if seconds >= 0 {
		t.Created, t.Started, t.Ended = at(seconds), at(seconds), at(seconds)
	}
	return event.Event{Type: event.TaskStateChange, New: state, Task: t}
}

func freed() event.Event {
	e := task("FREE", -1)
	e.Old = "OPEN"
	return e
}

func tagging(t event.Type) event.Event {
	return event.Event{Type: t, Build: &koji.Build{ID: 7}, Tag: koji.Ref{Name: "f44"}}
}

func openMemory(t *testing.T, dir string) *Memory {
	t.Helper()
	m, err := Open(dir, "out", 7*24*time.Hour, noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// tell tells a sink an event, if it is to be told.
func tell(t *testing.T, m *Memory, e *event.Event) bool {
	t.Helper()
	b, err := m.Batch(e.ReceivedAt)
	if err != nil {
		t.Fatal(err)
	}
	if !b.Take(e) {
		return false
	}
	if err := m.Note([]*event.Event{e}, e.ReceivedAt); err != nil {
		t.Fatal(err)
	}
	return true
}

// TestOnce: what messages have told is not told again when the hub is asked, what the
// hub was asked for is not told again by a late message, and nothing is told after what
// came later.
func TestOnce(t *testing.T) {
	type moments = []*event.Event
	for name, test := range map[string]struct {
		before moments
		then   *event.Event
		want   bool
	}{
		"never told":                   {nil, asked(task("CLOSED", 9), 9), true},
		"told by its message":          {moments{told(task("CLOSED", 9), 10)}, asked(task("CLOSED", 9), 9), false},
		"told without a time":          {moments{told(task("CLOSED", -1), 10)}, asked(task("CLOSED", 9), 9), false},
		"by a clock that is behind":    {moments{told(task("CLOSED", -1), 6)}, asked(task("CLOSED", 9), 9), false},
		"redelivered":                  {moments{told(task("CLOSED", 9), 10)}, told(task("CLOSED", 9), 11), true},
		"asked for twice":              {moments{asked(task("CLOSED", 9), 9)}, asked(task("CLOSED", 9), 9), false},
		"the message comes late":       {moments{asked(task("CLOSED", 9), 9)}, told(task("CLOSED", 9), 3600), false},
		"late, without a time":         {moments{asked(task("FREE", 9), 9)}, told(task("FREE", -1), 3600), false},
		"late, after the last":         {moments{asked(task("CLOSED", 9), 9)}, told(task("OPEN", 5), 3600), false},
		"what only messages tell":      {moments{asked(task("CLOSED", 9), 9)}, told(task("ASSIGNED", -1), 3600), true},
		"a late one hides nothing":     {moments{asked(task("CLOSED", 9), 9), told(task("ASSIGNED", -1), 3600)}, told(task("CLOSED", 9), 3601), false},
		"begun after it was assigned":  {moments{told(task("ASSIGNED", -1), 9)}, asked(task("OPEN", 8), 8), true},
		"begun before it closed":       {moments{told(task("CLOSED", 9), 9)}, asked(task("OPEN", 8), 8), false},
		"begun again":                  {moments{told(task("OPEN", 9), 9), told(freed(), 50)}, asked(task("OPEN", 60), 60), true},
		"given back after it was made": {moments{asked(task("FREE", 9), 9)}, told(freed(), 50), true},
		"tagged, told":                 {moments{told(tagging(event.Tag), 10)}, asked(tagging(event.Tag), 9), false},
		"untagged, not told":           {moments{told(tagging(event.Tag), 10)}, asked(tagging(event.Untag), 20), true},
		"tagged again, not told":       {moments{told(tagging(event.Tag), 10), asked(tagging(event.Untag), 20)}, asked(tagging(event.Tag), 30), true},
		"tagged long before":           {moments{told(tagging(event.Tag), 10), told(tagging(event.Untag), 20)}, asked(tagging(event.Tag), 9), false},
		"tagged, comes late":           {moments{asked(tagging(event.Tag), 9)}, told(tagging(event.Tag), 3600), false},
		"tagged again, by a message":   {moments{asked(tagging(event.Tag), 9), told(tagging(event.Untag), 20)}, told(tagging(event.Tag), 30), true},
		"later than a hub keeps it":    {moments{asked(tagging(event.Tag), 9)}, told(tagging(event.Tag), 26*3600), true},
		"of another kind":              {nil, told(event.Event{Type: event.RPMSign}, 9), true},
	} {
		t.Run(name, func(t *testing.T) {
			m := openMemory(t, t.TempDir())
			for _, e := range test.before {
				if !tell(t, m, e) {
					t.Fatalf("%s was not told", e.New)
				}
			}
			if got := tell(t, m, test.then); got != test.want {
				t.Errorf("told: %t, want %t", got, test.want)
			}
		})
	}
}

// TestWithinABatch: what was taken into a batch counts before the sink has it.
func TestWithinABatch(t *testing.T) {
	b, err := openMemory(t, t.TempDir()).Batch(noon)
	if err != nil {
		t.Fatal(err)
	}
	if !b.Take(told(task("CLOSED", 9), 9)) || b.Take(asked(task("CLOSED", 9), 9)) {
		t.Error("the same fact was taken twice, or never")
	}
}

// TestRestart: a process that ends, however it does, leaves what it knows to the next
// one, and a line that was cut short spoils no other.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	m := openMemory(t, dir)
	tell(t, m, told(task("CLOSED", 9), 9))
	if err := m.SetWatermark(at(60), at(61)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, folder, "out-20261130.facts")
	torn, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := torn.WriteString("r 17960\x00\x00"); err != nil || torn.Close() != nil {
		t.Fatal(err)
	}
	next := openMemory(t, dir)
	tell(t, next, told(tagging(event.Tag), 70))
	next = openMemory(t, dir)
	if tell(t, next, asked(tagging(event.Tag), 69)) {
		t.Error("the line after the torn one is lost")
	}
	if tell(t, next, asked(task("CLOSED", 9), 9)) || !next.Watermark().Equal(at(60)) {
		t.Errorf("it knows nothing of before; watermark %s", next.Watermark())
	}
	only, err := Read(dir, "out", time.Hour)
	if err != nil || !only.Known(&Fact{Subject: "task/5", Kind: "CLOSED", Rank: rankFinal, At: at(9)}) {
		t.Errorf("who only looks does not see it: %v", err)
	}
	if _, err := Read(dir, "o", time.Hour); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a sink with a name that begins alike: %v", err)
	}
}

// TestShared: of two processes with one state folder each knows what the other has told.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	a, b := openMemory(t, dir), openMemory(t, dir)
	tell(t, a, told(task("CLOSED", 9), 9))
	if tell(t, b, asked(task("CLOSED", 9), 9)) {
		t.Error("the other one does not know it")
	}
}

// TestDays: a file for each day; those of days beyond what is kept are removed, and with
// them what was told then, but not the watermark.
func TestDays(t *testing.T) {
	dir := t.TempDir()
	m := openMemory(t, dir)
	tell(t, m, told(task("CLOSED", 9), 9))
	if err := m.SetWatermark(at(60), at(60)); err != nil {
		t.Fatal(err)
	}
	later := noon.AddDate(0, 0, 10)
	tagged := tagging(event.Tag)
	tagged.ReceivedAt = later
	if err := m.Note([]*event.Event{&tagged}, later); err != nil {
		t.Fatal(err)
	}
	if m.Known(&Fact{Subject: "task/5", Kind: "CLOSED", Rank: rankFinal, At: at(9)}) {
		t.Error("a fact of ten days ago is still known")
	}
	left, err := filepath.Glob(filepath.Join(dir, folder, "*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("left: %v, %v", left, err)
	}
	next, err := Open(dir, "out", 7*24*time.Hour, later)
	if err != nil || !next.Watermark().Equal(at(60)) {
		t.Fatalf("%v, watermark %s", err, next.Watermark())
	}
	if next.Close() != nil {
		t.Fatal("cannot close")
	}
}

// TestUnwritable: what cannot be written is known until the end, and said.
func TestUnwritable(t *testing.T) {
	m := openMemory(t, t.TempDir())
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	e := told(task("CLOSED", 9), 9)
	if err := m.Note([]*event.Event{e}, noon); !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if tell(t, m, asked(task("CLOSED", 9), 9)) {
		t.Error("it was forgotten at once")
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("s 1796040010500000 3 CLOSED task/5\nr 1796040020500000 0 Tag tag/7/f44\nw 1796040060000000\n"))
	f.Add([]byte("s 1 300 x y\nm\n\n  \nr 5 1 \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m := &Memory{seed: maphash.MakeSeed(), entries: map[uint64]entry{}, kinds: map[string]string{}}
		m.apply(text)
		if len(m.kinds) > 100 {
			t.Error("kinds without bound")
		}
	})
}
