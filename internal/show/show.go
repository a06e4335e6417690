// Package show shows what the hub knows about one thing: a task, build, package, tag or other.
package show

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/etatext"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/internal/tasktree"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Sheet holds the facts about a thing.
type Sheet struct {
	kind   koji.PageKind
	title  string
	url    string
	facts  facts
	build  *koji.Build
	answer *live.Answer // about a task, a build or a package
	// failure is why the task or build failed; nil: it has not.
	failure *event.Failure
	lists   []list
}

// list is a list of tasks or builds that belong to the thing.
type list struct {
	title  string
	tasks  []koji.Task
	builds []koji.Build
}

// Printer prints sheets.
type Printer struct {
	Out   io.Writer
	JSON  bool
	Width int       // of the terminal in characters; 0: as wide as it gets
	Color bool      // of states
	Now   time.Time // in the zone in which times are shown
}

// Print prints a sheet.
func (p *Printer) Print(s *Sheet) error {
	if p.JSON {
		return p.json(s)
	}
	if _, err := fmt.Fprintln(p.Out, cliutil.Visible(s.title)); err != nil {
		return err
	}
	all := s.facts
	all.add("link", s.url)
	if err := all.write(p.Out, p.Now, p.Color); err != nil {
		return err
	}
	if err := p.forecast(s.answer); err != nil {
		return err
	}
	for i := range s.lists {
		if err := p.list(&s.lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// forecast prints the forecast and the tree of tasks.
func (p *Printer) forecast(a *live.Answer) error {
	if a == nil {
		return nil
	}
	if !a.Ended() {
		if _, err := fmt.Fprintf(p.Out, "\n%s\n", strings.Join(etatext.Forecast(a), "\n  ")); err != nil {
			return err
		}
	}
	if a.Node == nil {
		return nil
	}
	if _, err := fmt.Fprintln(p.Out); err != nil {
		return err
	}
	return tasktree.Write(p.Out, tasktree.Options{Now: p.Now, Width: p.Width, Color: p.Color}, a.Node)
}

func (p *Printer) list(l *list) error {
	if len(l.tasks)+len(l.builds) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(p.Out, "\n%s:\n", l.title); err != nil {
		return err
	}
	to := listing.Printer{Out: p.Out, Width: p.Width, Color: p.Color, Now: p.Now}
	if l.tasks != nil {
		return to.Tasks(l.tasks)
	}
	return to.Builds(l.builds)
}

// document is the JSON form of a sheet.
type document struct {
	Kind  string         `json:"kind"`
	URL   string         `json:"url,omitzero"`
	Facts facts          `json:"facts,omitempty"`
	Task  jsontext.Value `json:"task,omitempty"`
	Build jsontext.Value `json:"build,omitempty"`
	ETA   jsontext.Value `json:"eta,omitempty"`
	// Failure is as in events.
	Failure jsontext.Value   `json:"failure,omitempty"`
	Tasks   []jsontext.Value `json:"tasks,omitempty"`
	Builds  []jsontext.Value `json:"builds,omitempty"`
}

func (p *Printer) json(s *Sheet) error {
	d := document{Kind: s.kind.String(), URL: s.url, Facts: s.facts}
	if s.build != nil {
		d.Build = event.AppendBuild(nil, s.build)
	}
	if s.failure != nil {
		d.Failure = event.AppendFailure(nil, s.failure)
	}
	if a := s.answer; a != nil {
		if a.Node != nil {
			d.Task = event.AppendTask(nil, &a.Node.Task)
		}
		text, err := etatext.JSON(a)
		if err != nil {
			return err
		}
		d.ETA = text
	}
	for i := range s.lists {
		for j := range s.lists[i].tasks {
			d.Tasks = append(d.Tasks, event.AppendTask(nil, &s.lists[i].tasks[j]))
		}
		for j := range s.lists[i].builds {
			d.Builds = append(d.Builds, event.AppendBuild(nil, &s.lists[i].builds[j]))
		}
	}
	text, err := json.Marshal(&d, jsontext.AllowInvalidUTF8(true), json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("print what is known: %w", err)
	}
	_, err = fmt.Fprintf(p.Out, "%s\n", text)
	return err
}

// Raw returns the hub's own record of a thing.
func Raw(ctx context.Context, api kojirpc.API, thing kojirpc.Thing) (any, error) {
	switch {
	case thing.Task != nil:
		return api.Call(ctx, "getTaskInfo", thing.Task.ID, kojirpc.Named{"request": true})
	case thing.Build != nil:
		return api.Call(ctx, "getBuild", thing.Build.ID)
	case thing.Package != nil:
		return api.Call(ctx, "getPackage", thing.Package.ID)
	case thing.Tag != nil:
		return api.Call(ctx, "getTag", thing.Tag.ID)
	case thing.Target != nil:
		return api.Call(ctx, "getBuildTarget", thing.Target.ID)
	case thing.User != nil:
		return api.Call(ctx, "getUser", thing.User.ID)
	case thing.Host != nil:
		return api.Call(ctx, "getHost", thing.Host.ID)
	case thing.Channel != nil:
		return api.Call(ctx, "getChannel", thing.Channel.ID)
	case thing.RPM != nil:
		return api.Call(ctx, "getRPM", thing.RPM.ID)
	case thing.Repo != nil:
		return api.Call(ctx, "repoInfo", thing.Repo.ID)
	}
	return thing.Record, nil
}
