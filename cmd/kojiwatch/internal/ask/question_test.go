package ask

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/internal/hub"
)

func TestHubOfURL(t *testing.T) {
	koji := filepath.Join(t.TempDir(), "koji.conf")
	text := "[lab]\nserver = https://lab.example.com/kojihub\nweburl = https://lab.example.com/koji\n"
	if err := os.WriteFile(koji, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		words []string
		want  hub.Options
		fails bool
	}{
		"no URL":          {words: []string{"bash", "42"}},
		"of a profile":    {words: []string{"42", "https://lab.example.com/koji/taskinfo?taskID=1"}, want: hub.Options{Profile: "lab"}},
		"of a preset":     {words: []string{"https://Koji.FedoraProject.org/koji/buildinfo?buildID=1"}, want: hub.Options{Preset: "fedora"}},
		"beside kojiweb":  {words: []string{"https://koji.fedoraproject.org/kojira/"}, fails: true},
		"of nobody known": {words: []string{"https://koji.example.org/koji/"}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := hub.Options{ConfigFile: koji}
			err := hubOfURL(&o, c.words...)
			c.want.ConfigFile = koji
			if (err != nil) != c.fails || !c.fails && o != c.want {
				t.Errorf("got %+v, %v", o, err)
			}
		})
	}
}
