package estimation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/boltfile"
)

// ScoresFile is the database in the state folder that records how estimates have fared.
// It is apart from the history, which the daemon keeps locked: this one is locked only
// for the moment of a read or a write, so that "eta --score" works beside the daemon.
const ScoresFile = "scores.db"

// scoresWait is how long a reader waits for a writer, and the other way round.
const scoresWait = 2 * time.Second

// scoresFormat names what the database holds: one card, all of it replaced by a write.
const scoresFormat = "kojiwatch.scores/v1"

var (
	scoresBucket = []byte("scores")
	scoresKey    = []byte(scoresFormat)
)

// ReadScores reads the scores in a state folder, also those that an earlier version has
// left. It returns [fs.ErrNotExist] if there are none.
func ReadScores(dir string) (*score.Card, error) {
	path := filepath.Join(dir, ScoresFile)
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return readScoresJSON(dir)
	}
	card := new(score.Card)
	err := withScores(path, true, func(db *bolt.DB) error {
		return db.View(func(tx *bolt.Tx) error {
			var text []byte
			if bucket := tx.Bucket(scoresBucket); bucket != nil {
				text = bucket.Get(scoresKey)
			}
			if text == nil {
				return fmt.Errorf("%w: it has no scores of the format %s", boltfile.ErrDamaged, scoresFormat)
			}
			if err := json.Unmarshal(text, card); err != nil {
				return fmt.Errorf("%w: %w", boltfile.ErrDamaged, err)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the scores %s: %w", path, err)
	}
	return card, nil
}

// WriteScores replaces the scores in a state folder, all or nothing. A damaged file is
// set aside.
func WriteScores(dir string, c *score.Card) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, ScoresFile)
	write := func(db *bolt.DB) error {
		return db.Update(func(tx *bolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists(scoresBucket)
			if err != nil {
				return err
			}
			return bucket.Put(scoresKey, text)
		})
	}
	err = withScores(path, false, write)
	if errors.Is(err, boltfile.ErrDamaged) {
		if _, err = boltfile.SetAside(path); err == nil {
			err = withScores(path, false, write)
		}
	}
	if err != nil {
		return fmt.Errorf("write the scores %s: %w", path, err)
	}
	return nil
}

// withScores opens the database for the time of a call. One found damaged stays open:
// bbolt may hold its locks.
func withScores(path string, readOnly bool, do func(*bolt.DB) error) error {
	var db *bolt.DB
	damaged, err := boltfile.Guard(func() (err error) {
		if db, err = boltfile.Open(path, readOnly, scoresWait); err != nil {
			return err
		}
		return do(db)
	})
	if db == nil || damaged {
		return err
	}
	return errors.Join(err, db.Close())
}

// scoresJSON is the file in which earlier versions kept the scores.
const scoresJSON = "scores.json"

// maxScoresJSON bounds that file; one for sixty methods has a few hundred kilobytes.
const maxScoresJSON = 64 << 20

func readScoresJSON(dir string) (_ *score.Card, err error) {
	path := filepath.Join(dir, scoresJSON)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err := io.ReadAll(io.LimitReader(file, maxScoresJSON+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxScoresJSON {
		return nil, fmt.Errorf("%s: it is longer than %d bytes", path, maxScoresJSON)
	}
	s := struct{ Scores *score.Card }{new(score.Card)}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if s.Scores == nil {
		return nil, fmt.Errorf("%s: it holds no scores", path)
	}
	return s.Scores, nil
}

// migrateScores reads the scores of the process before, and moves those of an earlier
// version into the database. It returns them also if only the move fails.
func migrateScores(dir string) (*score.Card, error) {
	scores, err := ReadScores(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return new(score.Card), nil
	}
	if err != nil {
		return nil, err
	}
	old := filepath.Join(dir, scoresJSON)
	if _, err := os.Lstat(old); err != nil {
		return scores, nil //nolint:nilerr // nothing is left to migrate
	}
	if err := WriteScores(dir, scores); err != nil {
		return scores, err
	}
	return scores, os.Remove(old)
}

// scoresBefore returns the scores of the process before. If they can't be read, it
// begins with none, and logs that.
func (d *Service) scoresBefore() *score.Card {
	scores, err := migrateScores(d.dir)
	if scores == nil {
		if errors.Is(err, boltfile.ErrDamaged) { // it stays locked by us
			_, moveErr := boltfile.SetAside(filepath.Join(d.dir, ScoresFile))
			err = errors.Join(err, moveErr)
		}
		d.log.Warn().Err(err).Msg("cannot read the scores of estimates; starting new ones")
		return new(score.Card)
	}
	if err != nil {
		d.log.Warn().Err(err).Msg("cannot move the scores of estimates into " + ScoresFile)
	}
	return scores
}
