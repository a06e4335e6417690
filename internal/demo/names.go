package demo

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// madeUpHub answers in place of the made-up hub whose messages the demo plays.
type madeUpHub struct{}

// names are the names by which the messages only have ids; dev/demo has the same.
var names = map[namecache.Kind]map[int64]string{
	namecache.User: {2: "kojira", 5: "alice", 6: "bob", 7: "carol", 8: "releng"},
	namecache.Host: {
		1: "buildvm-x86-01", 2: "buildvm-x86-02", 3: "buildvm-a64-01", 4: "buildvm-ppc64le-01", 5: "buildvm-s390x-01",
	},
	namecache.Channel: {1: "default", 2: "createrepo"},
	namecache.Tag:     {12: "f44-build", 13: "f44-updates-candidate", 14: "f44-python", 15: "f44-python-build"},
}

// Peek implements enrich.Names.
func (madeUpHub) Peek(kind namecache.Kind, id int64) (string, bool) {
	name, known := names[kind][id]
	return name, known
}

// Get implements enrich.Names.
func (h madeUpHub) Get(_ context.Context, kind namecache.Kind, id int64) (string, error) {
	if name, known := h.Peek(kind, id); known {
		return name, nil
	}
	return "", koji.ErrNotFound
}

// Learn implements enrich.Names; no other names occur.
func (madeUpHub) Learn(namecache.Kind, int64, string, time.Time) {}

// Task implements enrich.Hub: the messages tell of all tasks.
func (madeUpHub) Task(context.Context, int64) (koji.Task, error) {
	return koji.Task{}, koji.ErrNotFound
}

// Build implements enrich.Hub, as Task does.
func (madeUpHub) Build(context.Context, int64) (koji.Build, error) {
	return koji.Build{}, koji.ErrNotFound
}

// BuildOf implements enrich.Hub, as Task does.
func (madeUpHub) BuildOf(context.Context, int64) (koji.Build, error) {
	return koji.Build{}, koji.ErrNotFound
}

// TagsOf implements enrich.Hub: builds are tagged after they are complete.
func (madeUpHub) TagsOf(context.Context, int64) ([]string, error) { return nil, nil }
