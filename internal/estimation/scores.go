package estimation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/estimates/score"
)

// ScoresFile is the file in the state folder that tells how estimates have fared. It
// is apart from the history so that it can be read while the daemon has that.
const ScoresFile = "scores.json"

// maxScores bounds the file; one for sixty methods has a few hundred kilobytes.
const maxScores = 64 << 20

// scoresFormat is what the file is said to hold.
const scoresFormat = "kojiwatch.scores/v1"

type scoresText struct {
	Schema string      `json:"schema"`
	Scores *score.Card `json:"scores"`
}

// ReadScores reads the scores in a state folder; none are [fs.ErrNotExist].
func ReadScores(dir string) (_ *score.Card, err error) {
	path := filepath.Join(dir, ScoresFile)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err := io.ReadAll(io.LimitReader(file, maxScores+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxScores {
		return nil, fmt.Errorf("%s: it is longer than %d bytes", path, maxScores)
	}
	s := scoresText{Scores: new(score.Card)}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if s.Schema != scoresFormat || s.Scores == nil {
		return nil, fmt.Errorf("%s: its schema is %.40q, not %q", path, s.Schema, scoresFormat)
	}
	return s.Scores, nil
}

// WriteScores puts scores in the place of those in a state folder, all or nothing.
func WriteScores(dir string, c *score.Card) (err error) {
	text, err := json.Marshal(scoresText{scoresFormat, c})
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ScoresFile+".*")
	if err != nil {
		return fmt.Errorf("write the scores: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write the scores: %w", err), os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(dir, ScoresFile))
}

// scoresBefore returns the scores of the process before. What can't be read is begun
// anew, and said.
func (d *Service) scoresBefore() *score.Card {
	scores, err := ReadScores(d.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		d.log.Warn().Err(err).Msg("cannot read the scores of estimates; starting new ones")
	default:
		return scores
	}
	return new(score.Card)
}
