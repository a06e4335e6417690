package estimation

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/boltfile"
	"github.com/kojiwatch/kojiwatch/internal/hub"
)

// cardOf is a card on which n estimates were compared.
func cardOf(n int) *score.Card {
	c := new(score.Card)
	for range n {
		c.Add(score.Key{Method: "build", Basis: "history", Moment: score.Open},
			score.Estimate{Likely: time.Minute, Low: time.Second, High: time.Hour}, time.Minute)
	}
	return c
}

func counted(c *score.Card) uint64 {
	t := c.Of(func(score.Key) bool { return true })
	return t.Ratios.Count()
}

// TestScoresAreReadBesideTheDaemon: the daemon holds the history, and its scores can be
// read meanwhile, again after each write.
func TestScoresAreReadBesideTheDaemon(t *testing.T) {
	c := durationsConfig(t, "")
	d := Open(c, zerolog.Nop())
	d.Start(t.Context(), c, &hub.Hub{})
	defer d.Close()
	for i, want := range []uint64{2, 5} {
		lives(d, int64(10*i+1), 3)
		d.flush()
		scores, err := ReadScores(c.StateDir)
		if err != nil {
			t.Fatal(err)
		}
		got := scores.Of(func(k score.Key) bool { return k.Moment == score.Open })
		if n := got.Ratios.Count(); n != want {
			t.Errorf("%d estimates were scored, want %d", n, want)
		}
	}
}

// TestScoresMigrate: the file of an earlier version is read where it is, then moved
// into the database once.
func TestScoresMigrate(t *testing.T) {
	c := durationsConfig(t, "")
	old := filepath.Join(c.StateDir, scoresJSON)
	text, err := json.Marshal(map[string]any{"schema": "kojiwatch.scores/v1", "scores": cardOf(3)})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(c.StateDir, 0o700), os.WriteFile(old, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	scores, err := ReadScores(c.StateDir)
	if err != nil || counted(scores) != 3 {
		t.Fatalf("before: %v", err)
	}
	Open(c, zerolog.Nop()).Close()
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old file: %v", err)
	}
	scores, err = ReadScores(c.StateDir)
	if err != nil || counted(scores) != 3 {
		t.Fatalf("after: %v", err)
	}
}

// TestScoresThatCannotBeMoved: the scores of an earlier version are used where they are
// as long as the database cannot be written, which is logged, and are moved later.
func TestScoresThatCannotBeMoved(t *testing.T) {
	c := durationsConfig(t, "")
	old := filepath.Join(c.StateDir, scoresJSON)
	text, err := json.Marshal(map[string]any{"scores": cardOf(3)})
	if err != nil {
		t.Fatal(err)
	}
	obstacle := filepath.Join(c.StateDir, ScoresFile) // an empty file that another process has locked
	if err := errors.Join(os.MkdirAll(c.StateDir, 0o700), os.WriteFile(old, text, 0o600), os.WriteFile(obstacle, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(obstacle)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	scores, err := migrateScores(c.StateDir)
	if !errors.Is(err, boltfile.ErrInUse) || scores == nil || counted(scores) != 3 {
		t.Fatalf("while the database cannot be written: %v, %v", scores, err)
	}
	var log bytes.Buffer
	d := &Service{dir: c.StateDir, log: zerolog.New(&log)}
	if n := counted(d.scoresBefore()); n != 3 || !strings.Contains(log.String(), "cannot move the scores of estimates into "+ScoresFile) {
		t.Errorf("the daemon begins with %d estimates and logs %s", n, &log)
	}
	if _, err := os.Stat(old); err != nil {
		t.Errorf("the old file, whose scores are nowhere else: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if scores, err = migrateScores(c.StateDir); err != nil || counted(scores) != 3 {
		t.Errorf("once it can: %v", err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old file after the move: %v", err)
	}
}

// TestScoresDamaged: scores that can't be read are begun anew, the file is set aside,
// and that is logged.
func TestScoresDamaged(t *testing.T) {
	page := os.Getpagesize()
	for name, spoil := range map[string]func(path string) error{
		"no database": func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("no "), 9000), 0o600) },
		"cut short":   func(path string) error { return os.Truncate(path, int64(2*page)) },
		"flipped bits": func(path string) error {
			text, err := os.ReadFile(path)
			for i := 2 * page; i < len(text); i++ {
				text[i] ^= 0x55
			}
			return errors.Join(err, os.WriteFile(path, text, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := durationsConfig(t, "")
			path := filepath.Join(c.StateDir, ScoresFile)
			if err := errors.Join(os.MkdirAll(c.StateDir, 0o700), WriteScores(c.StateDir, cardOf(7)), spoil(path)); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadScores(c.StateDir); !errors.Is(err, boltfile.ErrDamaged) {
				t.Errorf("read: %v", err)
			}
			var log bytes.Buffer
			d := Open(c, zerolog.New(&log))
			lives(d, 1, 3)
			d.Close()
			if !strings.Contains(log.String(), "starting new ones") {
				t.Errorf("log: %s", log.String())
			}
			scores, err := ReadScores(c.StateDir)
			if err != nil || counted(scores) == 0 || counted(scores) == 7 {
				t.Errorf("after: %v", err)
			}
			if found, _ := filepath.Glob(path + ".unreadable-*"); len(found) != 1 {
				t.Errorf("set aside: %v", found)
			}
		})
	}
}

// TestScoresWait: a reader that holds the file makes a write fail, not wait for ever,
// and the next write succeeds.
func TestScoresWait(t *testing.T) {
	dir := t.TempDir()
	if err := WriteScores(dir, cardOf(1)); err != nil {
		t.Fatal(err)
	}
	db, err := boltfile.Open(filepath.Join(dir, ScoresFile), true, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteScores(dir, cardOf(2)); !errors.Is(err, boltfile.ErrInUse) {
		t.Errorf("beside a reader: %v", err)
	}
	if err := errors.Join(db.Close(), WriteScores(dir, cardOf(2))); err != nil {
		t.Error(err)
	}
}
