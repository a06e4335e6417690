package score

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// row is the stored form of one score of a card.
type row struct {
	Method   string           `json:"method"`
	Basis    string           `json:"basis"`
	Moment   Moment           `json:"moment"`
	Inside   uint64           `json:"inside"`
	Below    uint64           `json:"below"`
	Above    uint64           `json:"above"`
	Ratios   map[int16]uint64 `json:"ratios"`
	Baseline map[int16]uint64 `json:"baseline,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (c *Card) MarshalJSON() ([]byte, error) {
	rows := make([]row, 0, len(c.tallies))
	for _, k := range c.Keys() {
		t := c.tallies[k]
		rows = append(rows, row{
			k.Method, k.Basis, k.Moment, t.Inside, t.Below, t.Above, t.Ratios.steps, t.Baseline.steps,
		})
	}
	return json.Marshal(rows)
}

// UnmarshalJSON implements json.Unmarshaler. It returns an error for inconsistent numbers.
func (c *Card) UnmarshalJSON(text []byte) error {
	var rows []row
	if err := json.Unmarshal(text, &rows); err != nil {
		return fmt.Errorf("score: %w", err)
	}
	if len(rows) > maxKeys+len(Moments()) {
		return errors.New("score: too many rows")
	}
	read := Card{tallies: map[Key]*Tally{}}
	for _, r := range rows {
		k := Key{r.Method, r.Basis, r.Moment}
		if !slices.Contains(Moments(), r.Moment) || read.tallies[k] != nil {
			return fmt.Errorf("score: there is no such moment, or it is there twice: %q", r.Moment)
		}
		t := &Tally{Inside: r.Inside, Below: r.Below, Above: r.Above}
		if !t.Ratios.read(r.Ratios) || !t.Baseline.read(r.Baseline) || t.Ratios.n != t.Inside+t.Below+t.Above {
			return fmt.Errorf("score: the numbers of %q do not add up", r.Method)
		}
		read.tallies[k] = t
	}
	*c = read
	return nil
}

// most is the largest count that is accepted.
const most = 1 << 53

func (r *Ratios) read(steps map[int16]uint64) bool {
	for at, n := range steps {
		if at < -farthest || at > farthest || n > most || r.n > most {
			return false
		}
		r.addAt(at, n)
	}
	return true
}
