package enrich

import (
	"context"
	"errors"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// Hub knows what messages lack. Its methods may be called at the same time; such
// calls should be sent together. An error is [koji.ErrNotFound] where the hub knows
// no such thing and [ErrFault] where it refuses; any other means that it did not
// answer.
type Hub interface {
	// Task returns a task with its request.
	Task(ctx context.Context, id int64) (koji.Task, error)
	// Build returns a build.
	Build(ctx context.Context, id int64) (koji.Build, error)
	// BuildOf returns the build that a task made, the last of several.
	BuildOf(ctx context.Context, task int64) (koji.Build, error)
	// TagsOf returns the names of the tags that a build is in.
	TagsOf(ctx context.Context, build int64) ([]string, error)
}

// Names looks up names by ids. Its errors are those of [Hub].
type Names interface {
	// Peek returns a name at once, if it is known. If a known name is empty, there
	// is nothing by this id.
	Peek(kind namecache.Kind, id int64) (name string, known bool)
	// Get asks for a name.
	Get(ctx context.Context, kind namecache.Kind, id int64) (string, error)
	// Learn notes a name that a message of some time has shown.
	Learn(kind namecache.Kind, id int64, name string, at time.Time)
}

// ErrFault reports that the hub refuses to answer.
var ErrFault = errors.New("the hub refuses")

// The reasons of gaps, as events name them.
const (
	ReasonTimeout  = "timeout"   // the hub did not answer in time
	ReasonHubDown  = "hub-down"  // the hub has failed and was not asked, or not waited for
	ReasonNotFound = "not-found" // the hub knows no such thing
	ReasonFault    = "fault"     // the hub refused to answer
	ReasonNotSaid  = "not-said"  // the message says nothing by which to ask
)

// reasonOf says why a question has no answer.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, koji.ErrNotFound):
		return ReasonNotFound
	case errors.Is(err, ErrFault):
		return ReasonFault
	case errors.Is(err, context.DeadlineExceeded):
		return ReasonTimeout
	}
	return ReasonHubDown
}

// passing reports whether a gap may be filled if one waits.
func passing(reason string) bool { return reason == ReasonTimeout || reason == ReasonHubDown }
