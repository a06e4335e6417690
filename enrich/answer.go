package enrich

import (
	"context"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// answer makes one call to the hub and stores the result.
func (en *Enricher) answer(ctx context.Context, n need) error {
	hub := en.opts.Hub
	switch n.what {
	case needName:
		_, err := en.opts.Names.Get(ctx, n.name, n.id)
		return err
	case needTask:
		task, err := hub.Task(ctx, n.id)
		if err == nil && task.ID != n.id {
			err = notAsked("task", n.id)
		}
		if err == nil {
			en.known.noteTask(&task)
		}
		return err
	case needBuild:
		build, err := hub.Build(ctx, n.id)
		if err == nil && build.ID != n.id {
			err = notAsked("build", n.id)
		}
		return en.keepBuild(&build, err)
	case needBuildOf:
		build, err := hub.BuildOf(ctx, n.id)
		if err == nil {
			build.TaskID = n.id // for builds of content generators only extra has it
		}
		return en.keepBuild(&build, err)
	default:
		names, err := hub.TagsOf(ctx, n.id)
		if err == nil {
			en.known.tags.Put(n.id, tagList{names: names, at: time.Now()})
		}
		return err
	}
}

// notAsked returns the error for a result about another object, which is ignored.
func notAsked(what string, id int64) error {
	return fmt.Errorf("%s %d: the answer is about another: %w", what, id, koji.ErrNotFound)
}

func (en *Enricher) keepBuild(b *koji.Build, err error) error {
	if err != nil {
		return err
	}
	if b.ID == 0 || b.NVR == "" {
		return fmt.Errorf("the build has no name: %w", koji.ErrNotFound)
	}
	en.known.noteBuild(b, true)
	return nil
}

// learn records the names that a message contains along with their ids.
func (en *Enricher) learn(e *event.Event) {
	en.learnName(namecache.User, e.User, e.ReceivedAt)
	en.learnName(namecache.Tag, e.Tag, e.ReceivedAt)
	en.learnName(namecache.Package, e.Package, e.ReceivedAt)
	if t := e.Task; t != nil {
		en.learnName(namecache.User, t.Owner, e.ReceivedAt)
		en.learnName(namecache.Host, t.Host, e.ReceivedAt)
		en.learnName(namecache.Channel, t.Channel, e.ReceivedAt)
		en.learnName(namecache.Target, t.Request.Target, e.ReceivedAt)
		en.learnName(namecache.Tag, t.Request.Tag, e.ReceivedAt)
	}
	if b := e.Build; b != nil {
		en.learnName(namecache.User, b.Owner, e.ReceivedAt)
		en.learnName(namecache.Package, b.Package, e.ReceivedAt)
	}
	if r := e.Repo; r != nil {
		en.learnName(namecache.Tag, r.Tag, e.ReceivedAt)
	}
}

func (en *Enricher) learnName(kind namecache.Kind, ref koji.Ref, at time.Time) {
	if ref.ID != 0 && ref.Name != "" {
		en.opts.Names.Learn(kind, ref.ID, ref.Name, at)
	}
}
