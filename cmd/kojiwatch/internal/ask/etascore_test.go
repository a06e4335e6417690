package ask

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
)

// scored is a card on which builds fared well, by history, and by the hub's average at
// first; and one image did not.
func scored() *score.Card {
	c := new(score.Card)
	for i := range time.Duration(10) {
		k := score.Key{Method: "build", Basis: "history", Moment: score.Open}
		if i < 2 {
			k.Basis = "hub-average"
		}
		c.Add(k, score.Estimate{Likely: (95 + i) * time.Second, Low: 80 * time.Second, High: (97 + i) * time.Second}, 100*time.Second)
		if i > 0 {
			c.AddBaseline(k, 150*time.Second, 100*time.Second)
		}
	}
	c.Add(score.Key{Method: "build", Basis: "history", Moment: score.Free}, score.Estimate{Likely: 50 * time.Second}, 100*time.Second)
	c.Add(score.Key{Method: "image\x1b[31m", Basis: "constant", Moment: score.Half}, score.Estimate{Likely: time.Second}, time.Hour)
	return c
}

func TestEtaScore(t *testing.T) {
	dir := t.TempDir()
	if err := estimation.WriteScores(dir, scored()); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := printScore(cliutil.Streams{Out: &out}, scoreOptions{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	const want = `METHOD         WHEN  ESTIMATES  MEDIAN ERROR  BIAS    IN INTERVAL  HUB'S AVERAGE
build          free  1          50 %          -50 %   0 %          -
build          open  10         2 %           -2 %    70 %         49 % of 9
image\x1b[31m  half  1          100 %         -100 %  0 %          -
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	out.Reset()
	if err := printScore(cliutil.Streams{Out: &out}, scoreOptions{Dir: dir, JSON: true}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "\n") != 3 || !strings.Contains(got, `"bases":{"history":8,"hub-average":2}`) {
		t.Errorf("got\n%s", got)
	}
}

func TestEtaScoreMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, want string }{
		"none":         {"", "", "has no scores yet"},
		"no database":  {estimation.ScoresFile, strings.Repeat("scores", 2000), "scores.db: not a readable database"},
		"old, no JSON": {"scores.json", "scores", "scores.json: "},
		"old, numbers": {"scores.json", `{"scores": [{"moment": "open", "inside": 3}]}`, "do not add up"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.file != "" {
				if err := os.WriteFile(filepath.Join(dir, tt.file), []byte(tt.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := printScore(cliutil.Streams{Out: new(bytes.Buffer)}, scoreOptions{Dir: dir})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
