package enrich_test

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// hub is a hub with one build and the names of users.
type hub struct{ enrich.Hub }

func (hub) Build(_ context.Context, id int64) (koji.Build, error) {
	return koji.Build{ID: id, NVR: "bash-5.2-1.fc44", Name: "bash", Version: "5.2", Release: "1.fc44"}, nil
}

type names struct{}

func (names) Peek(namecache.Kind, int64) (string, bool)                  { return "alice", true }
func (names) Get(context.Context, namecache.Kind, int64) (string, error) { return "alice", nil }
func (names) Learn(_ namecache.Kind, _ int64, _ string, _ time.Time)     {}

func Example() {
	web, err := koji.NewWeb("https://koji.example.com/koji")
	if err != nil {
		fmt.Println(err)
		return
	}
	enricher := enrich.New(enrich.Options{Web: web, Hub: hub{}, Names: names{}})
	defer enricher.Close()

	e := &event.Event{Type: event.Tag, Build: &koji.Build{ID: 42}, Tag: koji.Ref{ID: 7, Name: "f44"}, User: koji.Ref{ID: 5}}
	pending := enricher.Begin(e)
	if err := enricher.Finish(context.Background(), e, pending); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Summary)
	fmt.Println(e.URL)
	fmt.Println(e.Enrichment.Status)
	// Output:
	// bash-5.2-1.fc44 was tagged into f44 by alice
	// https://koji.example.com/koji/buildinfo?buildID=42
	// complete
}

func ExampleWords() {
	fmt.Println(enrich.Words(12*time.Minute + 4*time.Second))
	// Output: 12 min 4 sec
}
